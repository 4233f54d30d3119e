using System.Text.RegularExpressions;

namespace OpsBot.Tests.Architecture;

/// <summary>What the files of the project must hold to.</summary>
internal static partial class RepositoryRules
{
    public const int MaxFileLines = 400, MaxProgramLines = 24, MaxAgentsLines = 59, MaxReadmeLines = 149;

    public static IEnumerable<string> LongFiles(Repository repository) =>
        from path in repository.Under("src", ".cs").Concat(repository.Under("handlers", ".cs"))
        where repository.Lines(path) > MaxFileLines
        select $"{path} has {repository.Lines(path)} lines, at most {MaxFileLines}; split it";

    public static IEnumerable<string> TooLong(Repository repository, string path, int most)
    {
        if (repository.Files.ContainsKey(path) && repository.Lines(path) > most)
        {
            yield return $"{path} has {repository.Lines(path)} lines, at most {most}";
        }
    }

    public static IEnumerable<string> DapperOutsideOfStorage(Repository repository) =>
        from path in repository.Files.Keys
        where path.EndsWith(".cs", StringComparison.Ordinal) && !path.StartsWith("src/OpsBot.Storage/", StringComparison.Ordinal)
        where UsingDapper().IsMatch(repository.Files[path])
        select $"{path} uses Dapper; SQL belongs in src/OpsBot.Storage";

    /// <summary>Who calls a surface must have asked whether anything may be posted there; a few handlers do.</summary>
    public static IEnumerable<string> SurfacesCalledElsewhere(Repository repository) =>
        from path in repository.Under("src", ".cs").Concat(repository.Under("handlers", ".cs"))
        where !path.StartsWith("handlers/Chat/", StringComparison.Ordinal) && !path.StartsWith("src/OpsBot.Chat/", StringComparison.Ordinal)
        where repository.Files[path].Contains("IChatSurface", StringComparison.Ordinal)
        select $"{path} knows chat surfaces; write a row of chat.post-card, chat.post-reply or chat.answer, so that budget, routes and doNotPost hold";

    public static IEnumerable<string> ProjectsLeftOut(Repository repository)
    {
        var solution = repository.Files["OpsBot.sln"].Replace('\\', '/');
        foreach (var path in repository.Files.Keys.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            if (!solution.Contains($"\"{path}\"", StringComparison.Ordinal))
            {
                yield return $"{path} is not in OpsBot.sln; add it with 'dotnet sln add'";
            }

            if (!repository.Files.ContainsKey(Beside(path, "packages.lock.json")))
            {
                yield return $"{path} has no packages.lock.json; 'dotnet restore' writes it";
            }
        }
    }

    /// <summary>A word in backticks is a path if it has a slash, or if it alone opens a list item.</summary>
    public static IEnumerable<string> MissingPathsIn(Repository repository, string document)
    {
        foreach (var line in repository.Files[document].Split('\n'))
        {
            var last = "";
            foreach (Match span in Backticks().Matches(line))
            {
                var words = span.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var opens = words.Length == 1 && line.StartsWith($"- `{words[0]}`", StringComparison.Ordinal);
                foreach (var word in words.Where(word => opens || (word.Contains('/', StringComparison.Ordinal) && !word.Contains("://", StringComparison.Ordinal))))
                {
                    if (repository.Has(word))
                    {
                        last = word;
                    }
                    else if (last.Length == 0 || !repository.Has($"{last.TrimEnd('/')}/{word}"))
                    {
                        yield return $"{document} names '{word}', which does not exist";
                    }
                }
            }
        }
    }

    public static IEnumerable<string> BrokenLinksIn(Repository repository, string document) =>
        !repository.Files.TryGetValue(document, out var text) ? [] :
        from Match link in Links().Matches(text)
        let target = link.Groups[1].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
        let path = Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Beside(document, target)))).Replace('\\', '/')
        where !repository.Has(path)
        select $"{document} links to '{target}', which does not exist";

    private static string Beside(string path, string name) => path.Contains('/', StringComparison.Ordinal) ? $"{path[..path.LastIndexOf('/')]}/{name}" : name;

    [GeneratedRegex(@"^\s*(global\s+)?using\s+(static\s+)?Dapper\b", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex UsingDapper();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Backticks();

    [GeneratedRegex(@"\]\(\s*<?([^)\s>]+)")]
    private static partial Regex Links();
}

namespace OpsBot.Tests.Architecture;

/// <summary>The files of the project, read once. Rules take this, so that a test can hand them files with a violation in them.</summary>
/// <param name="Files">Text by path from the root, with forward slashes; build output left out.</param>
internal sealed record Repository(IReadOnlyDictionary<string, string> Files)
{
    private static readonly string[] Ignored = ["bin", "obj", ".git", ".opsbot", ".cache", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts"];
    private static readonly string[] Texts = [".cs", ".csproj", ".props", ".sln", ".md", ".json"];
    private static readonly Lazy<Repository> Whole = new(Read);

    public static Repository Current => Whole.Value;

    public static string Root { get; } = FindRoot();

    /// <summary>Whether a file or a folder of that name is there.</summary>
    public bool Has(string path)
    {
        path = path.TrimEnd('/');
        return Files.ContainsKey(path) || Files.Keys.Any(file => file.StartsWith(path + "/", StringComparison.Ordinal));
    }

    public IEnumerable<string> Under(string folder, string extension) =>
        Files.Keys.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal) && file.EndsWith(extension, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    public int Lines(string path) => Files[path].TrimEnd('\n').Split('\n').Length;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OpsBot.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"OpsBot.sln is in no folder above {AppContext.BaseDirectory}; run the tests from the build output of the project.");
    }

    private static Repository Read()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(new DirectoryInfo(Root));
        return new Repository(files);

        void Add(DirectoryInfo folder)
        {
            foreach (var file in folder.EnumerateFiles())
            {
                var path = Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
                files[path] = Texts.Contains(file.Extension) ? File.ReadAllText(file.FullName) : "";
            }

            foreach (var inner in folder.EnumerateDirectories().Where(inner => !Ignored.Contains(inner.Name)))
            {
                Add(inner);
            }
        }
    }
}

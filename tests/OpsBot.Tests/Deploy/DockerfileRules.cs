using System.Text.RegularExpressions;

namespace OpsBot.Tests.Deploy;

/// <summary>What the image has to be. No container engine builds it in these tests, so what can be read is read.</summary>
/// <param name="Exists">Whether a path of the build's context is there.</param>
internal sealed partial record DockerfileRules(Func<string, bool> Exists)
{
    private static readonly string[] Programs = ["curl", "wget", "/bin/sh", "sh "];

    public IEnumerable<string> Problems(string text)
    {
        var stages = Dockerfile.Stages(text);
        return stages.SelectMany(stage => Base(stage[0], stages)).Concat(stages.SelectMany(stage => stage).SelectMany(Copies)).Concat(Last(stages[^1]))
            .Concat(Restore(stages[0]));
    }

    private static IEnumerable<string> Base(Instruction from, IReadOnlyList<IReadOnlyList<Instruction>> stages)
    {
        var image = from.Words()[0];
        var earlier = stages.Select(stage => stage[0].Words()).Where(words => words.Count == 3).Select(words => words[2]);
        if (!earlier.Contains(image) && !Pinned().IsMatch(image))
        {
            yield return $"line {from.Line}: '{image}' is not pinned to a version of three numbers or a digest";
        }
    }

    private IEnumerable<string> Copies(Instruction copy)
    {
        if (copy.Word == "ADD")
        {
            yield return $"line {copy.Line}: ADD fetches and unpacks; write COPY";
        }

        if (copy.Word != "COPY" || copy.Rest.Contains("--from=", StringComparison.Ordinal))
        {
            yield break;
        }

        foreach (var source in copy.Words().SkipLast(1))
        {
            if (source is "." or "./")
            {
                yield return $"line {copy.Line}: COPY . takes whatever lies in the folder; name what is needed";
            }
            else if (!Exists(source.TrimEnd('/')))
            {
                yield return $"line {copy.Line}: '{source}' is not in what the builder gets";
            }
        }
    }

    private static IEnumerable<string> Restore(IReadOnlyList<Instruction> build)
    {
        if (!build.Any(run => run.Word == "RUN" && run.Rest.Contains("dotnet restore", StringComparison.Ordinal) && run.Rest.Contains("--locked-mode", StringComparison.Ordinal)))
        {
            yield return "the build does not restore from the lock files";
        }

        foreach (var publish in build.Where(run => run.Rest.Contains("dotnet publish", StringComparison.Ordinal) && !run.Rest.Contains("--no-restore", StringComparison.Ordinal)))
        {
            yield return $"line {publish.Line}: dotnet publish restores once more, without the lock files";
        }
    }

    private static IEnumerable<string> Last(IReadOnlyList<Instruction> stage)
    {
        var entry = stage.ToList().FindIndex(one => one.Word == "ENTRYPOINT");
        var user = stage.Take(entry < 0 ? stage.Count : entry).LastOrDefault(one => one.Word == "USER");
        if (entry < 0 || !stage[entry].Rest.StartsWith('['))
        {
            yield return "no ENTRYPOINT that is a list: a shell between keeps the signal to stop from OpsBot";
        }

        if (user is null || stage.Any(one => one.Word == "USER" && !Account().IsMatch(one.Rest)))
        {
            yield return "no USER that is a number other than 0 before ENTRYPOINT";
        }

        if (user is not null && stage.SkipWhile(one => one != user).Any(one => one.Word is "RUN" or "COPY"))
        {
            yield return "something is made after USER, so OpsBot's account could change it";
        }

        if (stage.FirstOrDefault(one => one.Word == "HEALTHCHECK") is not { } health || !health.Rest.Contains("CMD [", StringComparison.Ordinal))
        {
            yield return "no HEALTHCHECK that is a list";
        }
        else if (Programs.Any(program => health.Rest.Contains(program, StringComparison.Ordinal)))
        {
            yield return $"line {health.Line}: HEALTHCHECK uses a program that the image would be kept larger for; 'opsbot healthcheck' asks";
        }

        var data = stage.Where(one => one.Word == "ENV").SelectMany(one => one.Words()).FirstOrDefault(word => word.StartsWith("OPSBOT_DATA=", StringComparison.Ordinal));
        if (data is null || !stage.Any(one => one.Word == "VOLUME" && one.Rest.Contains($"\"{data["OPSBOT_DATA=".Length..]}\"", StringComparison.Ordinal)))
        {
            yield return "OPSBOT_DATA is on no VOLUME, so the root file system cannot be read-only";
        }

        foreach (var one in stage.Where(one => one.Word is "ENV" or "ARG" && SecretName().IsMatch(one.Rest)))
        {
            yield return $"line {one.Line}: {one.Word} with a secret stays in the image";
        }
    }

    [GeneratedRegex(@"^[^:@]+(/[^:@]+)*(:\d+\.\d+\.\d+(-[a-z0-9.]+)?|@sha256:[0-9a-f]{64})$", RegexOptions.ExplicitCapture)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^[1-9]\d*(:[1-9]\d*)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Account();

    [GeneratedRegex("(PASSWORD|SECRET|TOKEN|KEY)[A-Z_]*=", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex SecretName();
}

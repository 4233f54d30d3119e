using System.Text.Json;
using OpsBot.Contracts;

namespace OpsBot.Host.Configuration;

/// <summary>Writes what the check found, for <c>opsbot config check</c> and for a start that is refused.</summary>
public static class ConfigReport
{
    /// <summary>Exit status of a configuration that cannot be used, as for any unusable input.</summary>
    public const int Unusable = 2;

    /// <summary>For people: one problem a line, then what to do next. Nothing is written where there is no problem.</summary>
    /// <returns>0, or <see cref="Unusable"/> where there are problems.</returns>
    public static int WriteProblems(IReadOnlyList<ConfigProblem> problems, TextWriter error)
    {
        foreach (var problem in problems)
        {
            error.WriteLine(problem);
        }

        if (problems.Count > 0)
        {
            error.WriteLine(problems.Count == 1
                ? "1 problem; mend it, then run 'opsbot config check' again."
                : $"{problems.Count} problems; mend them, then run 'opsbot config check' again.");
        }

        return problems.Count == 0 ? 0 : Unusable;
    }

    /// <summary>
    /// The verb <c>opsbot config check [FILE] [--json]</c>. JSON goes to <paramref name="output"/> as
    /// <c>{"file":…|null,"ok":true,"problems":[{"file":…,"line":12,"message":…}]}</c>; for people problems go to <paramref name="error"/>.
    /// </summary>
    /// <returns>0 where the program may start, else <see cref="Unusable"/>.</returns>
    public static int Write(LoadedConfiguration loaded, IReadOnlyList<ConfigProblem> problems, bool json, TextWriter output, TextWriter error)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new { file = loaded.File, ok = problems.Count == 0, problems }, OpsBotJson.Options));
            return problems.Count == 0 ? 0 : Unusable;
        }

        if (problems.Count == 0)
        {
            output.WriteLine(loaded.File is null ? "no file: the defaults and the environment are fine" : $"{loaded.File}: fine");
        }

        return WriteProblems(problems, error);
    }
}

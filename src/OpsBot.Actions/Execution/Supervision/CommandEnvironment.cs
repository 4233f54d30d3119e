namespace OpsBot.Actions.Execution.Supervision;

internal static class CommandEnvironment
{
    private static readonly string[] PassedOn = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER"];

    /// <summary>The minimal variables of our own, and those of the spec over them.</summary>
    public static SortedDictionary<string, string> Of(CommandSpec spec)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in PassedOn)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                environment[name] = value;
            }
        }

        return Over(environment, spec.Environment);
    }

    /// <summary>Both; the second where both have a name. In order of names, so that it is written the same each time.</summary>
    public static SortedDictionary<string, string> Over(IReadOnlyDictionary<string, string> below, IReadOnlyDictionary<string, string> above)
    {
        var both = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in below.Concat(above))
        {
            both[name] = value;
        }

        return both;
    }
}

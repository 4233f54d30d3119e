namespace OpsBot.Actions.Execution.Supervision;

internal static class CommandEnvironment
{
    private static readonly string[] PassedOn = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER"];

    /// <summary>The minimal variables of our own, and those of the spec over them.</summary>
    public static Dictionary<string, string> Of(CommandSpec spec)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in PassedOn)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                environment[name] = value;
            }
        }

        foreach (var (name, value) in spec.Environment)
        {
            environment[name] = value;
        }

        return environment;
    }
}

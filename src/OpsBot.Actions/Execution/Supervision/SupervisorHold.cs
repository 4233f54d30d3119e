namespace OpsBot.Actions.Execution.Supervision;

/// <summary>Named places where a crash test can hold a supervisor: OPSBOT_HOLD_SUPERVISOR_AT=<c>point</c>. It writes <c>held</c> into its folder and waits to be killed.</summary>
internal sealed class SupervisorHold(string? point, string folder)
{
    public const string Variable = "OPSBOT_HOLD_SUPERVISOR_AT";

    public static SupervisorHold FromEnvironment(string folder) => new(Environment.GetEnvironmentVariable(Variable), folder);

    public void Reach(string reached)
    {
        if (reached != point)
        {
            return;
        }

        File.WriteAllText(Path.Combine(folder, "held"), FormattableString.Invariant($"{Environment.ProcessId}"));
        using var never = new ManualResetEventSlim();
        never.Wait();
    }
}

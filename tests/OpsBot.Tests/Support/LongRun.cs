namespace OpsBot.Tests.Support;

/// <summary>Whether the full sizes are run, as <c>tests/run --long</c> does, and not samples of them.</summary>
internal static class LongRun
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("OPSBOT_LONG") is "1";
}

using Xunit;

namespace OpsBot.IntegrationTests.Support;

/// <summary>What takes minutes of two cores, or is shown by a smaller sample as well, is run by <c>tests/run --long</c>.</summary>
internal static class LongRun
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("OPSBOT_LONG") is "1";

    public static void Require() => Assert.SkipUnless(IsOn, "part of tests/run --long");
}

using OpsBot.Evidence.Bundle;
using OpsBot.Host.Cli;
using OpsBot.Host.Rehearsal;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Rehearsal;

public sealed class BundleScriptTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(1e-300)]
    public async Task A_speed_at_which_nobody_would_wait_is_refused_with_one_that_does(double pace)
    {
        using var bundle = Bundle();
        var opened = IncidentBundle.Open(bundle.Path);

        (await Should.ThrowAsync<UnusableInputException>(() => BundleScript.MakeAsync(opened, bundle.Path, pace, Token))).Message.ShouldContain("choose 10 or more");
        (await BundleScript.MakeAsync(opened, bundle.Path, 10, Token)).Deliveries.Select(delivery => delivery.After).ShouldBe([TimeSpan.Zero, TimeSpan.FromHours(24)]);
    }

    [Fact]
    public async Task At_speed_nought_nothing_waits()
    {
        using var bundle = Bundle();
        (await BundleScript.MakeAsync(IncidentBundle.Open(bundle.Path), bundle.Path, 0, Token)).Deliveries.ShouldAllBe(delivery => delivery.After == TimeSpan.Zero);
    }

    /// <summary>A change ten days before the alert.</summary>
    private static SomeBundle Bundle() =>
        new SomeBundle("""{"id":"b","title":"t","startedAt":"2026-03-11T10:00:00Z","window":{"from":"2026-03-01T00:00:00Z","to":"2026-03-11T11:00:00Z"},"source":"test","service":"shop"}""")
            .With("changes.json", """[{"id":"d1","type":"deploy","service":"shop","time":"2026-03-01T10:00:00Z"}]""");
}

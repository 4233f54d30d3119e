using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Mutes;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Desk;

public sealed class MuteTests : IAsyncDisposable
{
    private readonly StoredDesk _desk = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_muted_alert_opens_nothing_and_is_taken_up_when_the_mute_ends()
    {
        await MuteAsync("fp-1", TimeSpan.FromHours(2));
        await _desk.TakeAsync(Some.Alert(), Some.Alert(10), Some.Alert(20, "fp-2", title: "Other", service: "ledger"));
        (await _desk.IncidentsAsync()).ShouldHaveSingleItem().Title.ShouldBe("Other");
        (await _desk.Store.Get<MuteReader>().ListAsync(_desk.Store.Clock.GetUtcNow(), 10, Token)).ShouldHaveSingleItem().Held.ShouldBe(1);

        await DueAsync(TimeSpan.FromHours(1));
        (await _desk.IncidentsAsync()).Count.ShouldBe(1, "it is not over yet");
        await DueAsync(TimeSpan.FromHours(1));
        await HandleAlertsAsync();
        (await _desk.IncidentsAsync()).Select(incident => incident.Title).ShouldBe(["Other", "HighErrorRate"]);
        (await _desk.Store.Get<MuteReader>().ListAsync(_desk.Store.Clock.GetUtcNow(), 10, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_resolved_meanwhile_is_taken_up_by_nobody()
    {
        await MuteAsync("fp-1", TimeSpan.FromHours(2));
        await _desk.TakeAsync(Some.Alert(), Some.Alert(60, status: AlertStatus.Resolved));
        await DueAsync(TimeSpan.FromHours(2));
        await HandleAlertsAsync();
        (await _desk.IncidentsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_incident_that_stands_follows_its_alert_and_tells_nobody()
    {
        await _desk.TakeAsync(Some.Alert());
        await MuteAsync("fp-1", TimeSpan.FromHours(2));
        var told = await TellingAsync();
        await _desk.TakeAsync(Some.Alert(30, severity: "critical"));
        (await _desk.DetailAsync(1)).Incident.Severity.ShouldBe(SeverityLevel.Critical);
        await _desk.TakeAsync(Some.Alert(60, status: AlertStatus.Resolved));
        (await _desk.DetailAsync(1)).Incident.Status.ShouldBe(IncidentStatus.Resolved);
        (await TellingAsync()).ShouldBe(told);

        await _desk.TakeAsync(Some.Alert(90));
        (await _desk.DetailAsync(1)).Incident.Status.ShouldBe(IncidentStatus.Resolved, "what is muted reopens nothing");
        (await _desk.IncidentsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_mute_that_is_moved_ends_when_it_was_moved_to()
    {
        await MuteAsync("fp-1", TimeSpan.FromHours(1));
        await _desk.TakeAsync(Some.Alert());
        await MuteAsync("fp-1", TimeSpan.FromHours(5));
        await DueAsync(TimeSpan.FromHours(1));
        await DueAsync(TimeSpan.FromHours(3));
        await HandleAlertsAsync();
        (await _desk.IncidentsAsync()).ShouldBeEmpty();
        await DueAsync(TimeSpan.FromHours(1));
        await HandleAlertsAsync();
        (await _desk.IncidentsAsync()).Count.ShouldBe(1);
    }

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    private Task<long> TellingAsync() => _desk.Store.ScalarAsync("select count(*) from messages where kind in ('thread.post-reply', 'incident.diagnose')");

    private Task MuteAsync(string fingerprint, TimeSpan time) => _desk.InAsync(async scope =>
    {
        await MuteTable.SetAsync(scope.Transaction, new Mute(fingerprint, scope.Now + time, scope.Now, "ada", null));
        scope.Follow(NewMessage.Of(new EndMute(fingerprint), MuteDesk.Stream(fingerprint), time));
    });

    private async Task DueAsync(TimeSpan later)
    {
        _desk.Store.Clock.Advance(later);
        foreach (var row in await _desk.Store.ClaimAsync(EndMute.Kind))
        {
            await _desk.Store.Handling.HandleAsync<EndMute>(
                row.Id, row.LeaseToken, (timer, _) => Task.FromResult<Effect>(scope => MuteDesk.DueAsync(timer.Fingerprint, scope)), Token);
        }
    }

    private async Task HandleAlertsAsync()
    {
        foreach (var row in await _desk.Store.ClaimAsync(AlertReported.Kind))
        {
            await _desk.Store.Handling.HandleAsync<AlertReported>(
                row.Id, row.LeaseToken, (alert, _) => Task.FromResult<Effect>(scope => _desk.Desk.TakeAsync(alert, scope)), Token);
        }
    }
}

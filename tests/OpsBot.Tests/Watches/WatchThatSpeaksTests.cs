using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Threads;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;
using OpsBot.Watches.Ticks;
namespace OpsBot.Tests.Watches;

/// <summary>What is said of a watch and where: its alert, its findings, its verdict.</summary>
public sealed class WatchThatSpeaksTests : StoredWatchStage
{
    [Fact]
    public async Task What_is_wrong_is_an_alert_and_what_is_right_again_resolves_it()
    {
        Metrics.Then(1, 20, 1);
        var watch = await BeginAsync();
        await TickAsync();
        (await AlertsAsync()).ShouldBeEmpty();
        await NextAsync();
        var fired = (await AlertsAsync()).ShouldHaveSingleItem();
        fired.ShouldSatisfyAllConditions(
            alert => alert.Status.ShouldBe(AlertStatus.Firing), alert => alert.IncidentKey.ShouldBe("watch/1"), alert => alert.Environment.ShouldBe("prod"),
            alert => alert.Title.ShouldBe("errors: 20, wanted < 10"));
        await Stored.TakeAsync(fired);
        (await Reader.IncidentOfAsync(watch.Id, Token)).ShouldBe(1);
        await NextAsync();
        (await AlertsAsync())[^1].Status.ShouldBe(AlertStatus.Resolved);
        await NextAsync();
        (await AlertsAsync()).Count.ShouldBe(2, "what did not move is not told again");
    }

    [Fact]
    public async Task One_with_a_thread_of_its_own_has_it_from_the_first_look_on_and_only_what_is_wrong_is_diagnosed()
    {
        Metrics.Then(1, 1, 1, 1, 1, 1, 20, 1, 20, 1);
        await BeginAsync(Some.Watch() with { OwnThread = true });
        await BeginAsync(Some.Watch() with { OwnThread = true });
        await TickAsync();
        await CorrelateAsync();
        (await Stored.IncidentsAsync()).Select(incident => (incident.Title, incident.Severity, incident.Status, incident.Firing)).ShouldBe(
            [("errors", SeverityLevel.Info, IncidentStatus.Open, 1), ("errors", SeverityLevel.Info, IncidentStatus.Open, 1)], "one thread each, though they are alike");
        (await RowsAsync<DiagnoseIncident>()).ShouldBeEmpty();
        await ForgetCardsAsync();
        // the second watch is let go; the first one goes on
        await ChangeAsync((desk, scope) => desk.StopAsync(2, "Ana", null, scope));
        await CorrelateAsync();
        await ForgetCardsAsync();
        (await Stored.IncidentsAsync())[1].Status.ShouldBe(IncidentStatus.Resolved);
        for (var i = 0; i < 4; i++)
            await NextAsync();
        (await ForgetCardsAsync()).ShouldBe(1, "its card is kept up to date while all is well");
        (await Stored.DetailAsync(1)).Watches.ShouldHaveSingleItem().Reading.Values.Count.ShouldBeGreaterThan(3);

        for (var i = 0; i < 4; i++)
        {
            // nobody ends the diagnosis here: it is taken for lost
            Stored.Store.Clock.Advance(TimeSpan.FromMinutes(i == 2 ? 11 : 0));
            await NextAsync();
            await CorrelateAsync();
            (await Stored.IncidentsAsync())[0].ShouldSatisfyAllConditions(
                incident => incident.Status.ShouldBe(IncidentStatus.Open), incident => incident.Severity.ShouldBe(i % 2 == 0 ? SeverityLevel.High : SeverityLevel.Info));
        }

        (await RowsAsync<DiagnoseIncident>()).Select(request => request.Reason).ShouldBe(["worse", "worse"], "each time that it became wrong");
        Stored.Store.Clock.Advance(TimeSpan.FromHours(2));
        await TickAsync();
        await CorrelateAsync();
        (await Stored.IncidentsAsync()).ShouldAllBe(incident => incident.Status == IncidentStatus.Resolved);
        (await RowsAsync<PostReply>()).ShouldContain(reply => reply.DeliveryId == "INC-1/WATCH-1/verdict");
    }

    [Fact]
    public async Task The_verdict_is_said_in_the_thread_of_the_watch_once()
    {
        Metrics.Then(20, 1);
        await BeginAsync();
        await TickAsync();
        await Stored.TakeAsync(await AlertsAsync());
        Stored.Store.Clock.Advance(TimeSpan.FromHours(2));
        await TickAsync();
        var said = (await RowsAsync<PostReply>()).Where(reply => reply.DeliveryId.Contains("WATCH-1", StringComparison.Ordinal)).ToList();
        said.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            reply => reply.DeliveryId.ShouldBe("INC-1/WATCH-1/verdict"), reply => reply.Text.ShouldStartWith("WATCH-1 (errors) ended: it did not hold at 1 of 2 looks"));
        (await TickAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_verdict_that_comes_with_what_is_wrong_is_said_once_the_incident_has_its_thread()
    {
        Metrics.Then(20);
        await BeginAsync(Some.Watch(until: true));
        Stored.Store.Clock.Advance(TimeSpan.FromHours(2));
        await TickAsync();
        (await RowsAsync<PostReply>()).ShouldBeEmpty();
        var fired = (await AlertsAsync()).ShouldHaveSingleItem();
        await Stored.TakeAsync(fired);
        for (var i = 0; i < 2; i++)
            await Stored.InAsync(scope => WatchNews.TellLateAsync(fired with { Status = i == 0 ? AlertStatus.Firing : AlertStatus.Resolved }, scope));
        (await RowsAsync<PostReply>()).Where(reply => reply.DeliveryId.Contains("WATCH-1", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            reply => reply.DeliveryId.ShouldBe("INC-1/WATCH-1/verdict"), reply => reply.Text.ShouldStartWith("WATCH-1 (errors) ended: not reached"));
    }

    [Fact]
    public async Task Whoever_asked_is_told_the_verdict_there_though_the_watch_has_a_thread_of_its_own()
    {
        Metrics.Then(20);
        await BeginAsync(Some.Watch() with { Place = new ChatPlace("slack", "C1", "t1") });
        await TickAsync();
        await Stored.TakeAsync(await AlertsAsync());
        Stored.Store.Clock.Advance(TimeSpan.FromHours(2));
        await TickAsync();
        (await RowsAsync<PostAnswer>()).ShouldHaveSingleItem().Text.ShouldStartWith("WATCH-1 (errors) ended: it did not hold");
        (await RowsAsync<PostReply>()).Count(reply => reply.DeliveryId == "INC-1/WATCH-1/verdict").ShouldBe(1);
    }

    [Fact]
    public async Task Where_all_was_well_the_verdict_is_said_where_the_watch_was_asked_for()
    {
        await BeginAsync(Some.Watch() with { Place = new ChatPlace("slack", "C1", "t1"), Service = "checkout" });
        Stored.Store.Clock.Advance(TimeSpan.FromHours(2));
        await TickAsync();
        (await AlertsAsync()).ShouldBeEmpty();
        (await RowsAsync<PostAnswer>()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            answer => answer.Place.ShouldBe(new ChatPlace("slack", "C1", "t1")), answer => answer.About.ShouldBe(["checkout"]), answer => answer.Text.ShouldStartWith("WATCH-1 (errors) ended: it held at all"));
    }

    [Fact]
    public async Task In_the_thread_of_another_incident_it_speaks_a_few_times_at_most_and_tells_its_verdict()
    {
        await Stored.TakeAsync(Some.Alert());
        var values = Enumerable.Range(0, 30).Select(i => i % 2 == 0 ? 20.0 : 1).ToArray();
        Metrics.Then(values);
        await BeginAsync(Some.Watch() with { AttachedTo = 1 });
        await TickAsync();
        for (var i = 0; i < 62; i++)
            await NextAsync();
        (await AlertsAsync()).Where(alert => alert.Source == WatchNames.AlertSource).ShouldBeEmpty();
        var said = (await RowsAsync<PostReply>()).Where(reply => reply.DeliveryId.Contains("WATCH-1", StringComparison.Ordinal)).ToList();
        said.Count.ShouldBe(WatchNews.Replies + 1);
        said[^1].DeliveryId.ShouldEndWith("/verdict");
    }

    /// <summary>Takes the alerts that came since the last call to their incidents.</summary>
    private async Task CorrelateAsync()
    {
        var all = await AlertsAsync();
        await Stored.TakeAsync(all.Skip(_correlated));
        _correlated = all.Count;
    }

    /// <summary>How many cards wait to be edited; then none.</summary>
    private async Task<int> ForgetCardsAsync()
    {
        var rows = await Stored.Store.ClaimAsync(UpdateCard.Kind);
        foreach (var row in rows)
            await Stored.Store.Handling.HandleAsync<UpdateCard>(row.Id, row.LeaseToken, (_, _) => Task.FromResult<Effect>(_ => Task.CompletedTask), Token);
        return rows.Count;
    }

    private int _correlated;
}

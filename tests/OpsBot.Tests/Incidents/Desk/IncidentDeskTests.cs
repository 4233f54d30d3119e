using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Handlers.Outcomes;
using OpsBot.Handlers.Training;
using OpsBot.Host.Cli;
using OpsBot.Ingress;
using OpsBot.Storage.Changes;
using OpsBot.Storage.Memory;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Desk;

/// <summary>What only the real store can show: its keys, its windows, its environments.</summary>
public sealed class IncidentDeskTests : IAsyncDisposable
{
    private readonly StoredDesk _desk = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_pages_of_one_fingerprint_are_two_rows_of_one_incident()
    {
        await _desk.TakeAsync(
            Some.PagerDuty("triggered", 0), Some.PagerDuty("triggered", 10, incident: "Q2", createdAt: 10), Some.PagerDuty("resolved", 20));
        var detail = await _desk.DetailAsync(1);
        (detail.Incident.Status, detail.Incident.Firing).ShouldBe((IncidentStatus.Open, 1));
        detail.Alerts.Select(alert => (alert.IncidentKey, alert.Status)).ShouldBe([("Q2", AlertStatus.Firing), ("Q1", AlertStatus.Resolved)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_page_reopens_its_own_incident_after_days()
    {
        await _desk.TakeAsync(
            Some.PagerDuty("triggered", 0), Some.PagerDuty("resolved", 60),
            Some.PagerDuty("triggered", 7200, incident: "Q2", createdAt: 7200), Some.PagerDuty("reopened", 200_000));
        (await _desk.IncidentsAsync()).Select(incident => (incident.Status, incident.Reopened))
            .ShouldBe([(IncidentStatus.Open, 1), (IncidentStatus.Open, 0)]);
    }

    [Fact]
    public async Task What_fires_again_with_the_start_that_it_had_is_told_by_the_receipt_that_the_store_kept()
    {
        await _desk.TakeAsync(
            Some.Undated(AlertStatus.Firing, 10), Some.Undated(AlertStatus.Resolved, 600, endedAt: 590), Some.Undated(AlertStatus.Firing, 630));
        (await _desk.DetailAsync(1)).Incident.Status.ShouldBe(IncidentStatus.Resolved);
        await _desk.TakeAsync(Some.Undated(AlertStatus.Firing, 631));
        (await _desk.DetailAsync(1)).Incident.Status.ShouldBe(IncidentStatus.Open);
    }

    [Theory]
    [InlineData(630, 0)]
    [InlineData(631, 1)]
    public async Task A_resolve_that_nobody_knew_is_kept_with_its_receipt(double received, int incidents)
    {
        await _desk.TakeAsync(Some.Undated(AlertStatus.Resolved, 600, endedAt: 590), Some.Undated(AlertStatus.Firing, received));
        (await _desk.IncidentsAsync()).Count.ShouldBe(incidents);
    }

    [Fact]
    public async Task A_trigger_under_another_title_is_stopped_by_the_resolve_that_it_came_after()
    {
        await _desk.TakeAsync(Some.PagerDuty("resolved", 60, fingerprint: "retitled"), Some.PagerDuty("triggered", 0));
        (await _desk.IncidentsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(300, 1)]
    [InlineData(301, 2)]
    public async Task What_resembles_an_incident_that_was_just_resolved_reopens_it(double at, int incidents)
    {
        await _desk.TakeAsync(Some.Alert(-60), Some.Alert(0, status: AlertStatus.Resolved), Some.Alert(at, "fp-2"));
        (await _desk.IncidentsAsync()).Count.ShouldBe(incidents);
    }

    [Fact]
    public async Task Prod_and_prod_are_one_environment()
    {
        await _desk.TakeAsync(
            Some.Alert(0, environment: "Prod"), Some.Alert(10, environment: "prod"), Some.Alert(20, "fp-2", environment: "PROD"),
            Some.Alert(30, "gone", AlertStatus.Resolved, environment: "PROD"), Some.Alert(25, "gone", environment: "prod"));
        var incident = (await _desk.IncidentsAsync()).ShouldHaveSingleItem();
        (incident.Environment, incident.Firing, incident.Events).ShouldBe(("prod", 2, 3));
    }

    [Fact]
    public async Task What_was_seen_before_is_found_whatever_way_its_environment_was_written()
    {
        await _desk.TakeAsync(
            Some.Alert(0, environment: "Prod"), Some.Alert(60, status: AlertStatus.Resolved, environment: "Prod"), Some.Alert(90_000, environment: "prod"));
        var lesson = Lesson.Of(await _desk.DetailAsync(1));
        await _desk.InAsync(scope => OutcomeTable.SaveAsync(scope.Transaction, lesson));
        (await _desk.DetailAsync(2)).SeenBefore.ShouldHaveSingleItem().IncidentId.ShouldBe(1);
    }

    [Fact]
    public async Task A_change_of_Prod_is_found_for_an_incident_of_prod()
    {
        var change = new DeployReported
        {
            Source = "github",
            Event = "deployment",
            ChangeKey = "deployment/1",
            Change = ChangeKind.Deploy,
            Status = ChangeStatus.Succeeded,
            Service = "payments",
            Environment = "Prod",
            OccurredAt = Some.At(-60),
            ReceivedAt = Some.At(-60),
        };
        _desk.Store.Clock.Advance(Some.At(10) - _desk.Store.Clock.GetUtcNow());
        await _desk.InAsync(scope => ChangeTable.SaveAsync(scope.Transaction, change));
        await _desk.TakeAsync(Some.Alert(0, environment: "prod"));
        (await _desk.DetailAsync(1)).Timeline.ShouldContain(entry => entry.Kind == "change");
        await _desk.InAsync(scope => _desk.Desk.TakeAsync(change with { ChangeKey = "deployment/2", Environment = "PROD" }, scope));
        (await _desk.DetailAsync(1)).Timeline.Count(entry => entry.Kind == "change").ShouldBe(2);
        (await _desk.Store.Get<IChangeHistory>().FindAsync("PROD", new TimeWindow(Some.At(-90), Some.At(0)), 10, Token)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_alert_that_nobody_could_handle_is_named_on_the_card_of_the_newest_incident_that_holds_it()
    {
        await _desk.TakeAsync(Some.Alert(0), Some.Alert(60, status: AlertStatus.Resolved), Some.Alert(90_000));
        (await _desk.Store.ClaimAsync(UpdateCard.Kind)).Count.ShouldBe(2);
        var waiting = (await _desk.Store.Reader.CountAsync(Token)).Waiting;
        await DieAsync("alertmanager/fp-1");

        (await _desk.DetailAsync(2)).DeadMessages.ShouldBe(1);
        (await _desk.DetailAsync(1)).DeadMessages.ShouldBe(0);
        (await _desk.Store.Reader.CountAsync(Token)).Waiting.ShouldBe(waiting + 1, "its card is brought up to date");
    }

    [Fact]
    public async Task So_is_a_report_of_its_training_job()
    {
        var job = new TrainingJobReported
        {
            Source = "alertmanager",
            Event = "job",
            JobKey = "4711",
            Status = TrainingJobStatus.Failed,
            OccurredAt = Some.At(0),
            ReceivedAt = Some.At(0),
        };
        await _desk.InAsync(scope => RecordTrainingJob.TakeAsync(job, _desk.Desk, scope));
        await DieAsync(NormalisedEvent.Of(job).Stream);

        (await _desk.DetailAsync(1)).DeadMessages.ShouldBe(1);
    }

    [Fact]
    public async Task Of_an_alert_that_no_incident_holds_the_list_of_incidents_tells()
    {
        TestEngine.SkipOnPostgres("the verb is given a folder and no configuration");
        await DieAsync("alertmanager/fp-9");
        (await _desk.Store.Reader.DeadAsync(10, Token)).ShouldHaveSingleItem().Stream.ShouldBe("alertmanager/fp-9");

        var (before, error) = (Console.Error, new StringWriter());
        Console.SetError(error);
        try
        {
            (await IncidentsCommand.Create().Parse(["--data", _desk.Store.Folder]).InvokeAsync(cancellationToken: Token)).ShouldBe(0);
        }
        finally
        {
            Console.SetError(before);
        }

        error.ToString().ShouldContain("1 message could not be handled, so an incident may be missing here; 'opsbot messages dead' says why.");
    }

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    private async Task DieAsync(string stream)
    {
        await _desk.Store.Intake.AcceptAsync(new Delivery("alertmanager", stream, [new(AlertReported.Kind, stream, "{}")]), Token);
        var claimed = (await _desk.Store.ClaimAsync(AlertReported.Kind)).ShouldHaveSingleItem();
        await _desk.Store.Handling.HandleAsync<AlertReported>(
            claimed.Id, claimed.LeaseToken, (_, _) => throw new HandlingException(FailureCategory.Unreadable, "planted"), Token);
    }
}

using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;
using OpsBot.Storage.Memory;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Memory;

public sealed class OutcomeMemoryTests : IAsyncDisposable
{
    private readonly StoreFixture _store = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IOutcomeMemory Memory => _store.Get<IOutcomeMemory>();

    [Fact]
    public async Task An_incident_with_the_same_alert_shows_what_fixed_the_earlier_one()
    {
        var earlier = await IncidentAsync(IncidentStatus.Resolved, "latency", "errors");
        await SaveAsync(Some.Outcome(earlier) with { Fingerprints = ["latency", "errors"], DidNotHelp = [Some.OutcomeRun("restart", RunStatus.Undone)] });
        var now = await IncidentAsync(IncidentStatus.Open, "latency", "errors", "saturation");

        var seen = (await _store.Get<IIncidentReader>().FindAsync(now, Stop))!.SeenBefore.ShouldHaveSingleItem();

        seen.IncidentId.ShouldBe(earlier);
        seen.Why.ShouldBe("2 of the same alerts");
        seen.Duration.ShouldBe(TimeSpan.FromMinutes(6));
        seen.Fixed.ShouldHaveSingleItem().Action.ShouldBe("rollback");
        seen.DidNotHelp.ShouldHaveSingleItem().Action.ShouldBe("restart");
    }

    [Fact]
    public async Task An_incident_without_a_common_alert_is_compared_once_it_is_diagnosed()
    {
        var earlier = await IncidentAsync(IncidentStatus.Resolved, "latency");
        await SaveAsync(Some.Outcome(earlier));
        var now = await IncidentAsync(IncidentStatus.Open, "another");
        (await Memory.FixesForAsync(now, Stop)).ShouldBeEmpty();

        await DiagnoseAsync(now, CauseKind.Deploy);

        (await Memory.FixesForAsync(now, Stop)).ShouldHaveSingleItem().Likeness.ShouldContain("same kind of cause (deploy)");
    }

    [Fact]
    public async Task An_incident_that_is_open_again_teaches_nothing_until_it_is_over()
    {
        var earlier = await IncidentAsync(IncidentStatus.Open, "latency");
        await SaveAsync(Some.Outcome(earlier) with { Fingerprints = ["latency"] });
        var now = await IncidentAsync(IncidentStatus.Open, "latency");

        (await Memory.FixesForAsync(now, Stop)).ShouldBeEmpty();
        (await _store.Get<IIncidentReader>().FindAsync(now, Stop))!.SeenBefore.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_worked_comes_first_and_the_most_similar_before_the_newest()
    {
        var alike = await IncidentAsync(IncidentStatus.Resolved, "latency", "errors");
        await SaveAsync(Some.Outcome(alike) with { Fingerprints = ["latency", "errors"] });
        var newer = await IncidentAsync(IncidentStatus.Resolved, "latency");
        await SaveAsync(Some.Outcome(newer) with
        {
            Fingerprints = ["latency"],
            Fixed = [Some.OutcomeRun("scale-up")],
            DidNotHelp = [Some.OutcomeRun("restart", RunStatus.Failed)],
            ResolvedAt = Some.Night.AddDays(-1),
        });
        var now = await IncidentAsync(IncidentStatus.Open, "latency", "errors");

        var fixes = await Memory.FixesForAsync(now, Stop);

        fixes.Select(fix => (fix.IncidentId, fix.Run.Action, fix.Worked)).ShouldBe(
            [(alike, "rollback", true), (newer, "scale-up", true), (newer, "restart", false)]);
    }

    [Fact]
    public async Task Use_is_counted_once_a_pair_and_help_when_the_action_is_verified_again()
    {
        var earlier = await IncidentAsync(IncidentStatus.Resolved, "latency");
        await SaveAsync(Some.Outcome(earlier));
        var helped = await IncidentAsync(IncidentStatus.Resolved, "latency");
        var notHelped = await IncidentAsync(IncidentStatus.Resolved, "latency");
        foreach (var incident in new[] { helped, helped, notHelped })
        {
            await WriteAsync(tx => OutcomeTable.UseAsync(tx, earlier, incident, Some.Night));
        }

        await SaveAsync(Some.Outcome(helped));
        await SaveAsync(Some.Outcome(notHelped) with { Fixed = [Some.OutcomeRun("restart")] });

        var known = (await Memory.FindAsync(earlier, Stop))!;
        known.Used.ShouldBe(2);
        known.Helpful.ShouldBe(1);
    }

    [Fact]
    public async Task An_incident_that_is_over_again_is_remembered_as_it_ended_last()
    {
        var id = await IncidentAsync(IncidentStatus.Resolved, "latency");
        await SaveAsync(Some.Outcome(id) with { Fixed = [] });

        await SaveAsync(Some.Outcome(id) with { Duration = TimeSpan.FromHours(2) });

        var kept = (await Memory.ListAsync(10, Stop)).ShouldHaveSingleItem();
        kept.Duration.ShouldBe(TimeSpan.FromHours(2));
        kept.Fixed.ShouldNotBeEmpty();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private Task WriteAsync(Func<StoreTransaction, Task> work) => _store.Get<IStore>().WriteAsync(work, Stop);

    private Task SaveAsync(Outcome outcome) => WriteAsync(tx => OutcomeTable.SaveAsync(tx, outcome));

    private Task DiagnoseAsync(long id, CauseKind kind)
    {
        var report = Some.DiagnosedThread().Diagnosis!.Report;
        report = report with { Causes = [report.Causes[0] with { Kind = kind }] };
        return WriteAsync(tx => IncidentTable.AddDiagnosisAsync(tx, id, new StoredDiagnosis(1, Some.Night, "opened", report)));
    }

    private async Task<long> IncidentAsync(IncidentStatus status, params string[] fingerprints)
    {
        var template = Some.OpenedThread();
        return await _store.Get<IStore>().WriteAsync(
            async tx =>
            {
                var id = await IncidentTable.ReserveAsync(tx, "prod", Some.Night);
                var incident = template.Incident with
                {
                    Id = id,
                    Status = status,
                    ResolvedAt = status == IncidentStatus.Resolved ? Some.Night.AddMinutes(id) : null,
                };
                await IncidentTable.SaveAsync(tx, incident, "{}");
                foreach (var fingerprint in fingerprints)
                {
                    await IncidentTable.SaveAlertAsync(tx, incident, template.Alerts[0] with
                    {
                        Fingerprint = fingerprint,
                        IncidentKey = $"{id}/{fingerprint}",
                        Status = status == IncidentStatus.Resolved ? AlertStatus.Resolved : AlertStatus.Firing,
                    });
                }

                return id;
            },
            Stop);
    }
}

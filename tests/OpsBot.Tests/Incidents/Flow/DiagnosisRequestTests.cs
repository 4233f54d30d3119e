using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Flow;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Incidents.Flow;

public class DiagnosisRequestTests
{
    private readonly IncidentDesk _desk = new(Some.Topology("web->payments"));

    [Fact]
    public void What_gets_worse_while_a_diagnosis_runs_is_asked_for_when_it_ends()
    {
        _desk.Take(Some.Alert(0), Some.Alert(10, "fp-2", service: "web"));
        Requests().ShouldBe([new(1, "opened", 1)]);
        Finish(1, 20, "payments is slow");
        Requests().ShouldBe([new(1, "opened", 1), new(1, "worse", 2)]);
        // Due at 3 s, and a minute's gap after that.
        _desk.Diagnoses.Last().Delay.ShouldBe(TimeSpan.FromSeconds(63 - 20));
    }

    [Fact]
    public void A_diagnosis_that_never_ends_does_not_silence_the_next()
    {
        _desk.Take(Some.Alert(0), Some.Alert(700, "fp-2", severity: "critical"));
        Requests().ShouldBe([new(1, "opened", 1), new(1, "worse", 2)]);
    }

    [Fact]
    public void Five_times_as_many_firing_alerts_are_worse()
    {
        _desk.Take(Some.Alert(0));
        Finish(1, 5);
        _desk.Take(Enumerable.Range(1, 3).Select(i => Some.Alert(100 + i, Some.Id("fp", i))));
        Requests().Count().ShouldBe(1);
        _desk.Take(Some.Alert(110, "fp-x"));
        Requests().Last().ShouldBe(new(1, "worse", 2));
    }

    [Fact]
    public void A_repeat_asks_for_nothing()
    {
        _desk.Take(Some.Alert(0));
        Finish(1, 5);
        _desk.Take(Enumerable.Range(1, 20).Select(i => Some.Alert(i * 60)));
        Requests().Count().ShouldBe(1);
    }

    [Fact]
    public void The_first_diagnosis_is_told_and_the_next_only_when_it_finds_what_the_first_did_not()
    {
        _desk.Take(Some.Alert(0));
        Finish(1, 5);
        _desk.Take(Some.Alert(100, severity: "critical"));
        Finish(2, 110, "payments is out of memory");
        _desk.Take(Some.Alert(300, "fp-2", service: "web"));
        Finish(3, 310, "payments is out of memory");
        _desk.Replies.Where(reply => reply.ReplyKind == "diagnosis").Select(reply => reply.DeliveryId)
            .ShouldBe(["INC-1/diagnosis/1", "INC-1/diagnosis/2"]);
    }

    [Fact]
    public void A_diagnosis_that_ends_twice_is_told_once()
    {
        _desk.Take(Some.Alert(0));
        Finish(1, 5, "payments is slow");
        Finish(1, 6, "payments is slow");
        _desk.Replies.Count().ShouldBe(1);
    }

    [Fact]
    public void A_diagnosis_older_than_the_newest_request_is_noted_and_not_told()
    {
        _desk.Take(Some.Alert(0));
        _desk.Apply(new DiagnosisAsked(1, Some.At(10), "ada"));
        Finish(1, 20, "payments is slow");
        _desk.Replies.ShouldBeEmpty();
        Finish(2, 30, "payments is slow");
        _desk.Replies.ShouldHaveSingleItem().DeliveryId.ShouldBe("INC-1/diagnosis/2");
    }

    [Fact]
    public void What_a_person_asks_for_starts_at_once_and_is_always_told()
    {
        _desk.Take(Some.Alert(0));
        Finish(1, 5, "payments is slow");
        _desk.Apply(new DiagnosisAsked(1, Some.At(10), "ada"));
        _desk.Diagnoses.Last().ShouldBe((new DiagnoseIncident(1, "asked", 2), TimeSpan.Zero));
        Finish(2, 15, "payments is slow");
        _desk.Replies.Count().ShouldBe(2);
    }

    [Fact]
    public void What_is_resolved_is_not_diagnosed_again()
    {
        _desk.Take(Some.Alert(0), Some.Alert(10, "fp-2", service: "web"));
        _desk.Take(Some.Alert(20, status: AlertStatus.Resolved), Some.Alert(20, "fp-2", AlertStatus.Resolved));
        Finish(1, 30, "payments is slow");
        Requests().Count().ShouldBe(1);
    }

    private IEnumerable<DiagnoseIncident> Requests() => _desk.Diagnoses.Select(asked => asked.Request);

    private void Finish(int generation, double at, string? cause = null) => _desk.Apply(new DiagnosisFinished(1, Some.At(at), generation, new()
    {
        Incident = "INC-1",
        Abstained = cause is null,
        Summary = cause ?? "Nothing stood out.",
        Causes = cause is null ? [] : [new(1, "payments", null, null, CauseKind.Latency, null, null, null, 0.7, cause, ["E1"])],
        Evidence = [],
        Proposals = [],
        Stats = new(1, 0, [], 0, 0, 0),
    }));
}

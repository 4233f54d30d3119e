using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Diagnosis;
using OpsBot.Evidence;
using OpsBot.Knowledge;
using OpsBot.Runtime.Redaction;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Diagnosis;

public class DiagnosticianTests
{
    private static readonly Observations SlowCart = new()
    {
        Metrics = [Some.Series("latency_ms", "shop", 50, 400), Some.Series("latency_ms", "cart", 20, 370), Some.Series("latency_ms", "mail"), Some.Series("cpu", "cart", 10, 95)],
        Calls = [("shop", "cart"), ("shop", "mail")],
        LookedAt = ["4 metric series"],
    };

    [Fact]
    public async Task The_deepest_service_that_is_sick_is_blamed_with_numbers_and_evidence()
    {
        var report = await DiagnoseAsync(Some.Source(SlowCart));
        report.Abstained.ShouldBeFalse();
        var cause = report.Causes[0];
        cause.Service.ShouldBe("cart");
        cause.Statement.ShouldContain("rose from");
        cause.Evidence.ShouldNotBeEmpty();
        var chart = report.Evidence.First(item => item.Id == cause.Evidence[0]).Chart.ShouldNotBeNull();
        chart.Times.Count.ShouldBeInRange(2, 240);
        chart.Values.Count.ShouldBe(chart.Times.Count);
    }

    [Fact]
    public async Task Where_nothing_moved_it_abstains_and_says_what_it_looked_at()
    {
        var report = await DiagnoseAsync(Some.Source(new Observations { Metrics = [Some.Series(), Some.Series(service: "shop")], LookedAt = ["2 metric series"] }));
        report.Abstained.ShouldBeTrue();
        report.Causes.ShouldBeEmpty();
        report.LookedAt.ShouldBe(["2 metric series"]);
        report.Summary.ShouldContain("2 metric series");
    }

    [Fact]
    public async Task A_cause_below_the_bound_is_not_named_and_one_on_it_is()
    {
        var sure = (await DiagnoseAsync(Some.Source(SlowCart))).Causes[0].Confidence;
        (await BelowAsync(sure)).Abstained.ShouldBeFalse();
        var unsure = await BelowAsync(Math.BitIncrement(sure));
        unsure.Abstained.ShouldBeTrue();
        unsure.Causes.ShouldBeEmpty();

        Task<DiagnosisReport> BelowAsync(double bound) => DiagnoseAsync(
            [Some.Source(SlowCart)], services => services.Configure<DiagnosisOptions>(options => options.AbstainBelow = bound), default);
    }

    [Fact]
    public async Task What_a_source_has_at_its_deadline_is_used()
    {
        var source = Substitute.For<IEvidenceSource>();
        source.Name.Returns("slow");
        source.CollectAsync(Arg.Any<EvidenceRequest>(), Arg.Any<CancellationToken>()).Returns(async call =>
        {
            await Task.Delay(call.Arg<EvidenceRequest>().Bounds.Deadline, TimeProvider.System, call.Arg<CancellationToken>());
            return SlowCart with { Problems = [new SourceProblem("slow", "stopped after 1 s", Partial: true)] };
        });
        var report = await DiagnoseAsync(source);
        report.Causes[0].Service.ShouldBe("cart");
        report.NotAvailable.ShouldHaveSingleItem().Reason.ShouldBe("stopped after 1 s");
    }

    [Fact]
    public async Task Without_any_source_it_abstains() => (await DiagnoseAsync()).Abstained.ShouldBeTrue();

    [Fact]
    public async Task A_source_that_throws_or_never_answers_fails_nothing()
    {
        var report = await DiagnoseAsync(
            Some.Source("broken", (_, _) => throw new InvalidOperationException("no route to host")),
            Some.Source("stuck", (_, _) => new TaskCompletionSource<Observations>().Task),
            Some.Source(SlowCart));
        report.Causes[0].Service.ShouldBe("cart");
        report.NotAvailable.Select(problem => problem.Source).ShouldBe(["broken", "stuck"], ignoreOrder: true);
        report.NotAvailable.ShouldContain(problem => problem.Reason.Contains("no route to host", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopping_the_diagnosis_stops_it()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => DiagnoseAsync([Some.Source("stuck", (_, _) => new TaskCompletionSource<Observations>().Task)], null, stop.Token));
    }

    [Fact]
    public async Task The_runbook_that_fits_is_named_with_its_first_step_and_cited()
    {
        var finder = Substitute.For<IRunbookFinder>();
        finder.Find(Arg.Any<RunbookQuery>(), 1).Returns([new RunbookMatch("shop/slow/SKILL.md", "Slow shop", "Look at the cart", 0.9, "words")]);
        var report = await DiagnoseAsync([Some.Source(SlowCart)], services => services.AddSingleton(finder), default);
        report.Runbook!.FirstStep.ShouldBe("Look at the cart");
        report.Evidence.ShouldContain(item => item.Source == EvidenceSourceKind.Runbook && item.Query == "shop/slow/SKILL.md");
        report.Summary.ShouldContain("Look at the cart");
    }

    [Fact]
    public async Task Secrets_are_redacted_wherever_text_from_outside_is_shown()
    {
        var redactor = Substitute.For<IRedactor>();
        redactor.Redact(Arg.Any<string>()).Returns(call => call.Arg<string>().Replace("hunter2", "[redacted:password]", StringComparison.Ordinal));
        var seen = SlowCart with { Changes = [Some.Change(summary: "set password hunter2 of cart", diff: "+latency hunter2")] };
        var report = await DiagnoseAsync([Some.Source(seen)], services => services.AddSingleton(redactor), default);
        report.Causes[0].Change.ShouldBe("rel-1");
        System.Text.Json.JsonSerializer.Serialize(report).ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_change_that_explains_it_comes_with_advice_to_roll_it_back()
    {
        var report = await DiagnoseAsync(Some.Source(SlowCart with { Changes = [Some.Change(), Some.Change("rel-2", "mail", 20)] }));
        report.Causes[0].Change.ShouldBe("rel-1");
        var advice = report.Proposals.ShouldHaveSingleItem();
        advice.Action.ShouldBe("roll back change rel-1");
        advice.Risk.ShouldBe(ActionRisk.Reversible);
        advice.Evidence.ShouldBeSubsetOf(report.Evidence.Select(item => item.Id));
    }

    [Fact]
    public async Task A_change_after_somebody_was_told_explains_nothing()
    {
        var report = await DiagnoseAsync(Some.Source(SlowCart with { Changes = [Some.Change(minute: 54)] }));
        report.Causes.ShouldAllBe(cause => cause.Change == null);
    }

    private static Task<DiagnosisReport> DiagnoseAsync(params IEvidenceSource[] sources) => DiagnoseAsync(sources, null, default);

    private static async Task<DiagnosisReport> DiagnoseAsync(IEvidenceSource[] sources, Action<IServiceCollection>? more, CancellationToken stop)
    {
        var services = new ServiceCollection().AddLogging().AddDiagnosis().Configure<DiagnosisOptions>(options => options.SourceDeadlineSeconds = 1);
        more?.Invoke(services);
        await using var provider = services.BuildServiceProvider();
        return await provider.GetRequiredService<IDiagnostician>().DiagnoseAsync(Some.Incident("shop"), Some.Window, null, sources, stop);
    }
}

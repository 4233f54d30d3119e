using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Events;
using OpsBot.Host.Configuration;
using OpsBot.Ingress;
using OpsBot.Ingress.Polls;
using OpsBot.Ingress.Webhooks;
using OpsBot.Runtime.Processes;
using OpsBot.Tests.Ingress.Slurm;
using OpsBot.Tests.Ingress.Wandb;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Polls;

public sealed class PollServiceTests
{
    private readonly ManualClock _clock = new(DateTimeOffset.FromUnixTimeSeconds(1740834100));
    private readonly InMemoryIntake _intake = new();
    private readonly PollNews _news = new(TimeSpan.FromHours(1));
    private readonly Answers _squeue = new();

    [Fact]
    public async Task Only_what_moved_on_since_the_last_look_is_an_event()
    {
        await Look(SlurmFormatTests.Body(SlurmFormatTests.Accounting("\"RUNNING\"", end: 0), SlurmFormatTests.Accounting("\"RUNNING\"", id: 2, end: 0)));
        Statuses().ShouldBe(["running", "running"]);

        await Look(SlurmFormatTests.Body(SlurmFormatTests.Accounting("\"RUNNING\"", end: 0, elapsed: 60), SlurmFormatTests.Accounting("\"FAILED\"", id: 2)));
        Statuses().ShouldBe(["running", "running", "failed"]);
    }

    [Fact]
    public async Task The_first_look_passes_over_what_ended_long_ago_and_not_what_runs_since_long()
    {
        _clock.Advance(TimeSpan.FromHours(5));

        await Look(SlurmFormatTests.Body(SlurmFormatTests.Accounting("\"FAILED\""), SlurmFormatTests.Accounting("\"RUNNING\"", id: 2, end: 0)));
        Statuses().ShouldBe(["running"]);
        await Look(SlurmFormatTests.Body(SlurmFormatTests.Accounting("\"FAILED\"")));
        Statuses().ShouldBe(["running"]);
    }

    [Fact]
    public async Task What_the_store_could_not_take_is_an_event_at_the_next_look()
    {
        _intake.Fault = new IOException("away");
        await Look(SlurmFormatTests.Body(SlurmFormatTests.Accounting("\"FAILED\"")));
        _intake.Rows.ShouldBe(0);

        _intake.Fault = null;
        await Look(SlurmFormatTests.Body(SlurmFormatTests.Accounting("\"FAILED\"")));
        Statuses().ShouldBe(["failed"]);
    }

    [Fact]
    public async Task A_run_that_goes_on_after_its_end_is_an_event_each_time_and_once()
    {
        _clock.Advance(DateTimeOffset.Parse("2025-03-01T13:10:00Z", CultureInfo.InvariantCulture) - _clock.GetUtcNow());
        await Look(Wandb("running", "12:30"), "wandb");
        await Look(Wandb("failed", "13:00"), "wandb");
        await Look(Wandb("running", "13:05"), "wandb");
        await Look(Wandb("running", "13:06"), "wandb");
        await Look(Wandb("crashed", "13:07"), "wandb");
        await Look(Wandb("running", "13:08"), "wandb");
        Statuses().ShouldBe(["running", "failed", "running", "failed", "running"]);
        _intake.Deliveries.Select(delivery => delivery.DeliveryKey).Distinct().Count().ShouldBe(5);

        await Look(Wandb("running", "13:09"), "wandb", new PollNews(TimeSpan.FromHours(1)));
        _intake.Deliveries.Select(delivery => delivery.DeliveryKey).Distinct().Count().ShouldBe(5, "a host that knows no end tells what the store knows already");
    }

    [Fact]
    public async Task A_resumed_run_whose_sender_tells_only_when_it_began_goes_on_after_its_end()
    {
        _clock.Advance(TimeSpan.FromMinutes(10));
        var (begun, ended) = (_clock.GetUtcNow() - TimeSpan.FromMinutes(9), _clock.GetUtcNow() - TimeSpan.FromMinutes(1));
        await Look(Mlflow("FAILED", ended), "mlflow");
        await Look(Mlflow("RUNNING", null), "mlflow");

        var (failed, resumed) = (Jobs().First(), Jobs().Last());
        (failed.Status, resumed.Status).ShouldBe((TrainingJobStatus.Failed, TrainingJobStatus.Running));
        resumed.OccurredAt.ShouldNotBeNull().ShouldBeGreaterThan(failed.OccurredAt.ShouldNotBeNull());
        resumed.StartedAt.ShouldBe(begun);

        string Mlflow(string status, DateTimeOffset? end) => string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"runs\":[{{\"info\":{{\"run_id\":\"r\",\"status\":\"{status}\",\"start_time\":{begun.ToUnixTimeMilliseconds()}{(end is { } at ? $",\"end_time\":{at.ToUnixTimeMilliseconds()}" : "")}}}}}]}}");
    }

    [Theory]
    [InlineData("slurm_load_jobs error: Unable to contact slurm controller")]
    [InlineData("")]
    [InlineData("{\"jobs\":[{\"job_id\":3}]}")]
    public async Task What_cannot_be_read_is_said_once_and_gives_nothing(string answer)
    {
        await Look(answer);
        await Look(answer);

        _intake.Deliveries.ShouldBeEmpty();
        _intake.Quarantine.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_program_that_fails_says_why()
    {
        var poll = new CommandPoll(new PollOptions { Source = "slurm", Run = ["sh", "-c", "echo 'no controller' >&2; exit 3"] }, new ProcessRunner(TimeProvider.System));

        (await poll.AskAsync(TestContext.Current.CancellationToken)).Problem.ShouldBe("exit status 3: no controller");
    }

    [Fact]
    public async Task A_program_is_run_as_an_argument_vector()
    {
        var poll = new CommandPoll(new PollOptions { Source = "slurm", Run = ["printf", "%s|", "a b", "$HOME", ";ls"] }, new ProcessRunner(TimeProvider.System));

        Encoding.UTF8.GetString((await poll.AskAsync(TestContext.Current.CancellationToken)).Body.Span).ShouldBe("a b|$HOME|;ls|");
    }

    [Fact]
    public async Task A_program_gets_the_variables_that_it_is_given_and_none_of_ours_besides()
    {
        Environment.SetEnvironmentVariable("OPSBOT_OF_OURS", "secret");
        var poll = new CommandPoll(
            new PollOptions { Source = "kubeflow", Run = ["sh", "-c", "echo \"$KUBECONFIG|$OPSBOT_OF_OURS\""], Environment = { ["KUBECONFIG"] = "/etc/opsbot/kubeconfig" } },
            new ProcessRunner(TimeProvider.System));

        Encoding.UTF8.GetString((await poll.AskAsync(TestContext.Current.CancellationToken)).Body.Span).ShouldBe("/etc/opsbot/kubeconfig|\n");
    }

    [Theory]
    [InlineData("A=B", "names no variable")]
    [InlineData("", "names no variable")]
    public void A_name_that_is_none_of_a_variable_is_refused_at_the_start(string name, string said) =>
        new PollOptions { Source = "slurm", Run = ["squeue"], Environment = { [name] = "x" } }.Problem().ShouldNotBeNull().ShouldContain(said);

    [Fact]
    public async Task MLflow_and_W_and_B_are_asked_as_their_documentation_says()
    {
        var server = new Some.FakeServer((request, _) => (200, request.RequestUri!.AbsoluteUri));
        var mlflow = new HttpPoll(new PollOptions { Source = "mlflow", Url = "http://mlflow.example:5000/", Experiments = ["1"], Bearer = "t" }, server, TimeProvider.System);
        var wandb = new HttpPoll(new PollOptions { Source = "wandb", Entity = "team", Project = "ctr", ApiKey = "k" }, server, TimeProvider.System);

        Encoding.UTF8.GetString((await mlflow.AskAsync(TestContext.Current.CancellationToken)).Body.Span).ShouldBe("http://mlflow.example:5000/api/2.0/mlflow/runs/search");
        Encoding.UTF8.GetString((await wandb.AskAsync(TestContext.Current.CancellationToken)).Body.Span).ShouldBe("https://api.wandb.ai/graphql");
        server.Authorizations.ShouldBe(["Bearer t", $"Basic {Convert.ToBase64String("api:k"u8)}"]);
        server.Bodies[0].ShouldContain("\"experiment_ids\":[\"1\"]");
        server.Bodies[1].ShouldContain("\"entity\":\"team\"");
    }

    [Theory]
    [InlineData(401)]
    [InlineData(302)]
    public async Task A_refusal_is_a_problem_without_the_key(int status)
    {
        var server = new Some.FakeServer((_, _) => (status, "no"));
        var poll = new HttpPoll(new PollOptions { Source = "wandb", Entity = "team", Project = "ctr", ApiKey = "key-of-mine" }, server, TimeProvider.System);

        var problem = (await poll.AskAsync(TestContext.Current.CancellationToken)).Problem.ShouldNotBeNull();
        problem.ShouldContain(status.ToString(CultureInfo.InvariantCulture));
        problem.ShouldNotContain("key-of-mine");
    }

    [Theory]
    [InlineData("slurm", "give run")]
    [InlineData("mlflow", "give url")]
    [InlineData("wandb", "give entity")]
    public void A_poll_that_says_too_little_is_refused_at_the_start(string source, string next) => new PollOptions { Source = source }.Problem().ShouldNotBeNull().ShouldContain(next);

    private static string Wandb(string state, string beat) =>
        WandbFormatTests.Runs(state, "").Replace("T13:00:00", $"T{beat}:00", StringComparison.Ordinal);

    private async Task Look(string answer, string source = "slurm", PollNews? news = null)
    {
        _squeue.Next = new PollAnswer(Encoding.UTF8.GetBytes(answer), null);
        var options = new SendersOptions();
        var reader = new WebhookReader(Senders.Known(options, ShippedMappings.Library).Select(sender => sender.Format(options)), NullLogger<WebhookReader>.Instance);
        var service = new PollService(
            Options.Create(options), new ProcessRunner(TimeProvider.System), new Some.FakeServer((_, _) => (200, "")), reader, new DeliveryTaker(_intake, NullLogger<DeliveryTaker>.Instance), _clock, NullLogger<PollService>.Instance);
        await service.LookAsync(new PollOptions { Source = source }, _squeue, news ?? _news, TestContext.Current.CancellationToken);
    }

    private IEnumerable<string> Statuses() => Jobs().Select(job => job.Status.ToString().ToLowerInvariant());

    private IEnumerable<TrainingJobReported> Jobs() => _intake.Deliveries.SelectMany(delivery => delivery.Messages).Select(message =>
        System.Text.Json.JsonSerializer.Deserialize<TrainingJobReported>(message.Body, OpsBot.Contracts.OpsBotJson.Options)!);

    private sealed class Answers : IPoll
    {
        public PollAnswer Next { get; set; } = PollAnswer.Failed("not asked");

        public Task<PollAnswer> AskAsync(CancellationToken cancellationToken) => Task.FromResult(Next);
    }
}

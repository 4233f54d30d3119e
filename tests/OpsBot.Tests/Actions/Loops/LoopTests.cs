using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Actions;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Loops;
using OpsBot.Actions.People;
using OpsBot.Actions.Policy;
using OpsBot.Contracts;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Loops;

/// <summary>A loop over everything that stands between a proposal and its effect, on a real store. The effect writes its line and prints a job's number.</summary>
public sealed class LoopTests : IAsyncDisposable
{
    private const string Tune = "tune";

    private readonly ActionStage _stage = new(Configure);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_approval_tries_one_setting_after_the_other_until_one_reaches_the_target_and_the_thread_hears_of_each()
    {
        var proposal = await ApprovedAsync();
        proposal.Slots.Select(slot => slot.Arguments["setting"]).ShouldBe(["A=1", "A=2", "A=3"]);
        await StepAsync();
        _stage.Effects.ShouldBe(["7 A=1"]);
        await JobAsync(1, TrainingJobStatus.Queued);
        await StepAsync();
        await JobAsync(1, TrainingJobStatus.Running);
        await WatchedAsync(1, null);
        await StepAsync();
        _stage.Effects.Count.ShouldBe(1, "the first one is at work");
        await WatchedAsync(1, WatchOutcome.Bad);
        // as after a restart: what it waits for is in the store
        _stage.Restart(Configure);
        await StepAsync();
        _stage.Effects.ShouldBe(["7 A=1", "7 A=2"]);
        await JobAsync(2, TrainingJobStatus.Running);
        await WatchedAsync(2, WatchOutcome.Good);
        await StepAsync();
        await StepAsync();

        _stage.Effects.ShouldBe(["7 A=1", "7 A=2"], "the third setting is not needed");
        var end = await NewestAsync(proposal);
        (end.Status, end.StatusReason).ShouldBe((ProposalStatus.Done, "job ci/2 with A=2 reached: so it is. 2 of 40 GPU-hours are used."));
        (await SaidAsync()).ShouldBe(
        [
            "PROP-1, run 1 of 3: A=1 is submitted as job 1 (RUN-1).", "PROP-1: Job ci/1 with A=1 fell short: so it is. 1 of 40 GPU-hours are used. Next: A=2.",
            "PROP-1, run 2 of 3: A=2 is submitted as job 2 (RUN-2).", "PROP-1 is done: job ci/2 with A=2 reached: so it is. 2 of 40 GPU-hours are used.",
        ]);
        (await _stage.CountAsync("select count(*) from messages where handled_at is null and dead_at is null and kind in ('action.run', 'action.continue-loop')")).ShouldBe(0);
    }

    [Theory]
    [InlineData("switch", "Actions are stopped since")]
    [InlineData("freeze", "maintenance")]
    [InlineData("gate", "The gate calm denies it")]
    [InlineData("time", "Its time is over")]
    [InlineData("budget", "Its budget is used up")]
    [InlineData("catalog", "was changed in the catalog")]
    [InlineData("file", "has other contents")]
    [InlineData("role", "has 0 of the 2 approvals")]
    public async Task It_stops_at_any_gate_before_the_next_setting(string gate, string why)
    {
        var proposal = await ApprovedAsync();
        await StepAsync();
        await JobAsync(1, TrainingJobStatus.Running);
        await WatchedAsync(1, WatchOutcome.Bad, endsJob: gate != "budget");
        switch (gate)
        {
            case "switch":
                (await _stage.Get<IKillSwitch>().StopAsync(_stage.Get<IPeople>().Find("ana")!, "enough", Token)).Accepted.ShouldBeTrue();
                break;
            case "freeze":
                _stage.Restart(services =>
                {
                    Configure(services);
                    services.Configure<PolicyOptions>(options => options.Rules.Add(new RuleOptions { Decision = PolicyDecision.Deny, Reason = "maintenance" }));
                });
                break;
            case "gate":
                _stage.Program("gates/calm", "echo not now; exit 1");
                _stage.Get<OpsBot.Actions.Gates.GatePinning>().Pin();
                break;
            case "time":
                _stage.Clock.Advance(TimeSpan.FromHours(25));
                break;
            case "budget":
                _stage.Clock.Advance(TimeSpan.FromHours(23));
                break;
            case "catalog":
                _stage.Restart(services => Configure(services, action => action.Loop!.GpuHours = 4000));
                break;
            case "file":
                _stage.Program("submit.sh", "echo 666");
                break;
            default:
                _stage.Restart(services => Configure(services, people: people => people.ForEach(person => person.Roles = person.Id is "dev" or "eve" ? ["sre"] : ["developer"])));
                break;
        }

        await StepAsync();
        await StepAsync();

        _stage.Effects.ShouldBe(["7 A=1"]);
        var end = await NewestAsync(proposal);
        ProposalFlow.IsOver(end.Status).ShouldBeTrue($"{end.Status}: {end.StatusReason}");
        $"{end.StatusReason}".ShouldContain(why);
        (await SaidAsync())[^1].ShouldContain(why);
    }

    [Fact]
    public async Task A_person_who_refuses_it_meanwhile_ends_it()
    {
        var proposal = await ApprovedAsync();
        await StepAsync();
        (await _stage.DecideAsync(proposal, "dana", approve: false)).Accepted.ShouldBeFalse("nobody knows her");
        (await _stage.DecideAsync(proposal, "ben", approve: false)).Accepted.ShouldBeTrue();
        await JobAsync(1, TrainingJobStatus.Running);
        await WatchedAsync(1, WatchOutcome.Bad);
        await StepAsync();

        _stage.Effects.ShouldBe(["7 A=1"]);
        (await NewestAsync(proposal)).Status.ShouldBe(ProposalStatus.Refused);
    }

    [Fact]
    public async Task No_setting_is_submitted_twice_whoever_asks_and_how_often()
    {
        var proposal = await ApprovedAsync();
        await StepAsync();
        await JobAsync(1, TrainingJobStatus.Running);
        await WatchedAsync(1, WatchOutcome.Bad);
        await _stage.RunAsync(proposal, slot: 1);
        for (var i = 0; i < 3; i++)
        {
            // a timer that comes again, and rows that ask for each slot
            await FollowAsync(new ContinueLoop(proposal.Id, proposal.Version, 1));
            await StepAsync();
            await _stage.RunAsync(proposal, slot: 2);
        }

        _stage.Effects.ShouldBe(["7 A=1", "7 A=2"]);
        (await _stage.CountAsync("select count(distinct state) from action_runs")).ShouldBe(2);
    }

    [Fact]
    public async Task While_it_goes_on_nobody_proposes_the_same_for_one_of_its_jobs_and_nobody_gives_its_parameter()
    {
        await ApprovedAsync();
        await StepAsync();
        (await _stage.ProposeRefusedAsync(Request("1"))).ShouldBe("PROP-1 goes on with it by itself; refuse that first.");
        (await _stage.ProposeRefusedAsync(Request("7"))).ShouldBe("PROP-1 goes on with it by itself; refuse that first.");
        (await _stage.ProposeRefusedAsync(Request("8") with { ArgumentSets = [new Dictionary<string, string> { ["job"] = "8", ["setting"] = "A=9" }] })).ShouldContain("goes through its own list of 'setting'");
    }

    [Theory]
    [InlineData("Submitted\n4711\n", "4711")]
    [InlineData("4711;gpu", "4711")]
    [InlineData("ci/4711", "ci/4711")]
    [InlineData("error: no such partition", null)]
    [InlineData("", null)]
    [InlineData("-rf", null)]
    public void The_job_is_what_the_last_line_names(string output, string? key) => LoopJobs.KeyOf(new ActionRun
    {
        Id = 1, ProposalId = 1, Version = 1, Slot = 1, Action = Tune, Target = "t", Fence = 1, IdempotencyKey = "k", Status = RunStatus.Verified, OutputTail = output,
    }).ShouldBe(key);

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private static void Configure(IServiceCollection services) => Configure(services, null);

    private static void Configure(IServiceCollection services, Action<ActionOptions>? change = null, Action<List<PersonOptions>>? people = null)
    {
        services.AddOptions<ActionsOptions>().Configure<ConfigurationFolder>((options, folder) => options.Catalog[Tune] = Action(folder.Path, change));
        if (people is not null)
            services.PostConfigure<PeopleOptions>(people);
    }

    private static ActionOptions Action(string folder, Action<ActionOptions>? change)
    {
        var program = Path.Combine(folder, "submit.sh");
        if (!File.Exists(program))
        {
            File.WriteAllText(program, $"#!/bin/sh\necho \"$*\" >> '{folder}/effects'\necho submitted\nwc -l < '{folder}/effects'\n");
            ActionStage.SetMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var action = new ActionOptions
        {
            Description = "Train with the next setting",
            Risk = RiskOption.Irreversible,
            Parameters = new() { ["job"] = new(), ["setting"] = new() { Pattern = "A=[0-9]" } },
            Target = "job/{job}",
            Run = [program, "{job}", "{setting}"],
            Gates = new() { Before = ["calm"] },
            Approval = new() { Roles = ["sre"] },
            Folder = folder,
            Loop = new() { Over = "setting", Values = ["A=1", "A=2", "A=3", "A=4"], Watch = "ranker", Runs = 3, GpuHours = 40 },
        };
        change?.Invoke(action);
        return action;
    }

    private static ProposalRequest Request(string job) => new(
        Tune, [new Dictionary<string, string> { ["job"] = job }], "ana", "it falls short", [], IncidentId: 1, "research");

    private async Task<Proposal> ApprovedAsync()
    {
        var answer = await _stage.Get<ProposalDesk>().ProposeAsync(Request("7"), Token);
        answer.Accepted.ShouldBeTrue(answer.Text);
        foreach (var person in new[] { "ben", "cleo" })
            (await _stage.DecideAsync(answer.Proposal!, person)).Accepted.ShouldBeTrue();
        return answer.Proposal!;
    }

    /// <summary>Does what is due, as the bus would; then a minute passes.</summary>
    private async Task StepAsync()
    {
        await _stage.HandleRunsAsync();
        foreach (var row in await ClaimAsync(ContinueLoop.Kind))
        {
            await _stage.Get<MessageHandling>().HandleAsync<ContinueLoop>(
                row.Id, row.LeaseToken, (timer, _) => Task.FromResult<Effect>(scope => _stage.Get<LoopDesk>().ContinueAsync(timer, scope)), Token);
        }

        await _stage.HandleRunsAsync();
        _stage.Clock.Advance(TimeSpan.FromMinutes(1));
    }

    /// <summary>What the thread is told of the loop, in order.</summary>
    private async Task<IReadOnlyList<string>> SaidAsync()
    {
        await using var connection = TestEngine.Open(_stage.In("data"));
        await using var command = connection.CreateCommand();
        command.CommandText = $"select body from messages where kind = '{PostReply.Kind}' order by id";
        await using var reader = await command.ExecuteReaderAsync(Token);
        var said = new List<PostReply>();
        while (await reader.ReadAsync(Token))
            said.Add(JsonSerializer.Deserialize<PostReply>(reader.GetString(0), OpsBotJson.Options)!);
        string[] about = ["/loop/", "/run/", "/void"];
        return [.. said.Where(reply => about.Any(part => reply.DeliveryId.Contains(part, StringComparison.Ordinal))).Select(reply => reply.Text)];
    }

    private Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(string kind) => _stage.Get<MessageQueue>().ClaimDueAsync(new Dictionary<string, int> { [kind] = 32 }, Token);

    private async Task<Proposal> NewestAsync(Proposal proposal) => (await _stage.Get<IActionReader>().FindProposalAsync(proposal.Id, null, Token)).ShouldNotBeNull().Proposal;

    /// <summary>A job of eight GPUs.</summary>
    private Task JobAsync(int number, TrainingJobStatus status) => WriteAsync(scope => TrainingJobTable.ReportedAsync(
        scope.Transaction,
        new TrainingJobReported
        {
            Source = "slurm", Event = "", JobKey = $"ci/{number}", Status = status, Gpus = 8, StartedAt = status == TrainingJobStatus.Queued ? null : scope.Now,
        },
        scope.Now));

    /// <summary>Its watch begins, and ends where there is an outcome; its job then took seven and a half minutes.</summary>
    private Task WatchedAsync(int number, WatchOutcome? outcome, bool endsJob = true) => WriteAsync(async scope =>
    {
        var key = $"ci/{number}";
        var watch = await WatchTable.NewestOfAsync(scope.Transaction, "ranker", [key])
            ?? (await WatchTable.CreateAsync(scope, Some.Watch(began: scope.Now) with { Kind = "training", Declared = "ranker", Subject = key })).ShouldNotBeNull();
        if (outcome is not { } end)
            return;
        var ended = watch with { Status = WatchStatus.Ended, Verdict = new WatchVerdict(end, end == WatchOutcome.Good ? "reached: so it is" : "so it is", scope.Now) };
        (await WatchTable.SaveAsync(scope.Transaction, watch, ended)).ShouldBeTrue();
        if (endsJob)
        {
            var began = (await TrainingJobTable.NamedAsync(scope.Transaction, key))[0].StartedAt;
            await TrainingJobTable.ReportedAsync(
                scope.Transaction,
                new TrainingJobReported { Source = "slurm", Event = "", JobKey = key, Status = TrainingJobStatus.Succeeded, EndedAt = began + TimeSpan.FromMinutes(7.5) }, scope.Now);
        }
    });

    private Task FollowAsync(ContinueLoop timer) => WriteAsync(scope =>
    {
        scope.Follow(NewMessage.Of(timer, $"stage/{Guid.NewGuid():N}"));
        return Task.CompletedTask;
    });

    private Task WriteAsync(Func<EffectScope, Task> write) => _stage.Get<Outbox>().CommitAsync(
        async scope =>
        {
            await write(scope);
            return true;
        },
        Token);
}

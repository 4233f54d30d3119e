using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Actions.Approvals;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Chaos;

/// <summary>
/// Proposes actions for incidents of the storm and approves them while it goes on, as people do at a host that stands: whoever gets no answer asks again. Each
/// action appends a line to a file, so that one that ran twice shows.
/// </summary>
internal sealed class ApprovedInChaos : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);

    private readonly DataFolder _folder = new();
    private readonly Random _random;
    private readonly List<(Proposal Proposal, string Action)> _approved = [];
    private ServiceProvider? _services;

    public ApprovedInChaos(int seed)
    {
        _random = new Random(seed);
        Effects = Path.Combine(_folder.Path, "effects");
        var script = _folder.Write("append.sh", $"""
            #!/bin/sh
            case $1 in
            run) echo "$OPSBOT_IDEMPOTENCY_KEY $2" >>'{Effects}'; sleep "$3" ;;
            probe) grep -qs "^$OPSBOT_IDEMPOTENCY_KEY " '{Effects}' ;;
            lose) echo "$OPSBOT_IDEMPOTENCY_KEY $2" >>'{Effects}'; kill -9 $PPID ;;
            esac

            """, executable: true);
        Sections = $$"""
            audit: { key: the-key-that-all-hosts-of-the-chaos-share }
            people:
              - { id: ana, name: Ana, roles: [oncall] }
              - { id: bo, name: Bo, roles: [oncall] }
              - { id: cy, name: Cy, roles: [oncall] }
            actions:
              catalog:
                append:
                  description: Append a line
                  parameters: { name: { description: Which }, for: { description: How long it takes } }
                  risk: irreversible
                  target: line/{name}
                  run: [{{script}}, run, "{name}", "{for}"]
                  probe: [{{script}}, probe]
                # nobody can tell how it ended: its supervisor is killed, and there is no probe
                append-lost:
                  description: Append a line and lose track of it
                  parameters: { name: { description: Which } }
                  risk: irreversible
                  target: line/{name}
                  run: [{{script}}, lose, "{name}"]
            """;
    }

    /// <summary>What the configuration of every host must say.</summary>
    public string Sections { get; }

    private string Effects { get; }

    /// <summary>Approves so many, spread over a time.</summary>
    /// <param name="config">That of the hosts.</param>
    /// <param name="lost">How many of them lose their supervisor.</param>
    public async Task ApproveAsync(string config, SharedServers servers, int count, int lost, TimeSpan over, CancellationToken cancellationToken)
    {
        _services = new ServiceCollection().AddLogging().AddOpsBot(OpsBotConfiguration.Load(config), new ServeSettings(_folder.Data)).BuildServiceProvider();
        for (var number = 0; number < count; number++)
        {
            // the first ones, so that a run of few has them too
            var action = number < lost ? "append-lost" : "append";
            var arguments = new Dictionary<string, string> { ["name"] = string.Create(CultureInfo.InvariantCulture, $"l{number}") };
            if (action == "append")
            {
                arguments["for"] = (_random.Next(20) / 10.0).ToString("0.0", CultureInfo.InvariantCulture);
            }

            var incident = await OftenAsync(async () => await IncidentAsync(servers, cancellationToken), cancellationToken);
            var proposal = await OftenAsync(() => ProposedAsync(action, arguments, incident, cancellationToken), cancellationToken);
            foreach (var person in ((string[])["bo", "cy"]).Take(proposal.Quorum))
            {
                await OftenAsync(() => DecidedAsync(proposal, person, cancellationToken), cancellationToken);
            }

            _approved.Add((proposal, action));
            await Task.Delay(over / count, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Each has run exactly once, or stands openly as one that a person has to look at, with a reason.</summary>
    public async Task CheckAsync(StoreFile store, ITestOutputHelper output, CancellationToken cancellationToken)
    {
        var runs = await _services!.GetRequiredService<IActionReader>().RunsAsync([], 100_000, cancellationToken);
        foreach (var run in runs.Where(run => run.Status != RunStatus.Verified))
        {
            output.WriteLine($"       {run.Name} of {ActionNames.Proposal(run.ProposalId)} is {run.Status} on {run.Host}: {run.Reason}");
        }

        var effects = (File.Exists(Effects) ? File.ReadAllLines(Effects) : []).GroupBy(line => line.Split(' ')[0], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_approved.Count,6} actions approved: {string.Join(", ", runs.GroupBy(run => run.Status).Select(group => $"{group.Count()} {group.Key}"))}; {effects.Values.Sum()} effects, on {runs.Select(run => run.Host).Distinct().Count()} hosts"));
        effects.Where(effect => effect.Value != 1).ShouldBeEmpty("actions that ran twice");
        effects.Keys.Except(runs.Select(run => run.IdempotencyKey)).ShouldBeEmpty("effects of no run");
        runs.Count.ShouldBe(_approved.Count);
        foreach (var (proposal, action) in _approved)
        {
            var run = runs.Where(run => run.ProposalId == proposal.Id).ShouldHaveSingleItem($"{proposal.Name} was approved");
            var what = $"{run.Name} of {proposal.Name} ({action}) is {run.Status}: {run.Reason}";
            if (run.Status == RunStatus.Verified)
            {
                action.ShouldBe("append", what);
                effects.ShouldContainKey(run.IdempotencyKey, what);
                continue;
            }

            (run.HoldsTarget && run.Status is RunStatus.Unknown or RunStatus.Failed).ShouldBeTrue(what);
            run.Reason.ShouldNotBeNullOrEmpty(what);
            store.Count($"select count(*) from thread_replies where text like '%{run.Name} %' and (text like '%settle%' or text like '%has to look%')")
                .ShouldBe(1, $"a person is asked, once; {what}");
        }

        runs.Count(run => run.Status == RunStatus.Unknown).ShouldBeGreaterThanOrEqualTo(_approved.Count(each => each.Action == "append-lost"), "those whose supervisor was killed");
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task<object?> IncidentAsync(SharedServers servers, CancellationToken cancellationToken) =>
        await servers.CountAsync("select coalesce(max(id), 0) from incidents", cancellationToken) is > 0 and var newest ? _random.NextInt64(1, newest + 1) : null;

    private async Task<Proposal?> ProposedAsync(string action, Dictionary<string, string> arguments, object incident, CancellationToken cancellationToken)
    {
        var answer = await _services!.GetRequiredService<ProposalDesk>().ProposeAsync(
            new ProposalRequest(action, [arguments], "ana", "the test wants it", [], (long)incident, "production"), cancellationToken);
        return answer.Proposal.ShouldNotBeNull(answer.Text);
    }

    private async Task<Answer?> DecidedAsync(Proposal proposal, string person, CancellationToken cancellationToken)
    {
        var answer = await _services!.GetRequiredService<ProposalDesk>().DecideAsync(
            new DecisionRequest(proposal.Id, proposal.Version, proposal.Binding.Hash, person, Approve: true), cancellationToken);
        answer.Accepted.ShouldBeTrue(answer.Text);
        return answer;
    }

    /// <summary>Asks until there is an answer; a store that is away gives none.</summary>
    private static async Task<T> OftenAsync<T>(Func<Task<T?>> ask, CancellationToken cancellationToken)
        where T : class
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (await ask() is { } answer)
                {
                    return answer;
                }
            }
            catch (Exception away) when (away is not (ShouldAssertException or OperationCanceledException) && TimeProvider.System.GetElapsedTime(begun) < OpsBotProgram.Patience)
            {
                // perhaps it did what was asked all the same: asked again, it says so
            }

            await Task.Delay(Again, TimeProvider.System, cancellationToken);
        }
    }
}

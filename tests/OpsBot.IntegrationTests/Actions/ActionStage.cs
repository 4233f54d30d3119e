using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Execution;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.IntegrationTests.Support;
using OpsBot.IntegrationTests.Teams;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Incidents;
using OpsBot.Tests.Support;
using Shouldly;

namespace OpsBot.IntegrationTests.Actions;

/// <summary>One effect that the stub target counted.</summary>
internal sealed record StubEffect(string Key, long Fence, string Run, string Op, string Name, DateTimeOffset At);

/// <summary>
/// A store with people, actions and a stub target that counts effects. Proposes and approves through the store's services in this process, while
/// <c>opsbot serve</c> runs in another.
/// </summary>
internal sealed class ActionStage : IAsyncDisposable
{
    public const string TokenOfBo = "opsbot_the-token-of-bo-in-these-tests";

    public const string TokenOfAna = "opsbot_the-token-of-ana-in-these-tests";

    private readonly ServiceProvider _services;
    private int _names;

    /// <param name="sections">More sections of the configuration.</param>
    /// <param name="actions">More actions, indented as in the catalog.</param>
    public ActionStage(string sections = "", string actions = "")
    {
        if (OperatingSystem.IsWindows())
        {
            throw new InvalidOperationException("Actions run on Linux and macOS only.");
        }

        ThingToChange.WriteProgram(Folder);
        Config = Folder.Write("opsbot.yaml", sections + $$"""
            people:
              - { id: ana, name: Ana, roles: [oncall], token: "sha256:{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TokenOfAna)))}}" }
              - { id: bo, name: Bo, roles: [oncall], identities: { teams: [{{PlaygroundServer.AlexInEntra}}] }, token: "sha256:{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TokenOfBo)))}}" }
              - { id: cy, name: Cy, roles: [oncall] }

            messages: { backoff: 100ms, abandonments: 100 }

            """ + ThingToChange.Section + ThingToChange.Action("change-too", "Change the same in another way") + """
                # three ways to write a log: their runs wait for each other, and after a loss nobody can tell
                append-a:
                  description: Append to a log that everybody writes
                  parameters:
                    name: { description: Which }
                  risk: irreversible
                  target: log/{name}
                  run: [./target.sh, run, "{name}", good]
                append-b:
                  description: Append to a log that everybody writes
                  parameters:
                    name: { description: Which }
                  risk: irreversible
                  target: log/{name}
                  run: [./target.sh, run, "{name}", good]
                append-c:
                  description: Append to a log that everybody writes
                  parameters:
                    name: { description: Which }
                  risk: irreversible
                  target: log/{name}
                  run: [./target.sh, run, "{name}", good]

            """ + actions);
        _services = new ServiceCollection().AddLogging().AddOpsBot(OpsBotConfiguration.Load(Config), new ServeSettings(Folder.Data)).BuildServiceProvider();
    }

    public DataFolder Folder { get; } = new();

    public string Config { get; }

    public StoreFile Store => Folder.Store;

    public IActionReader Reader => _services.GetRequiredService<IActionReader>();

    /// <summary>The number of the incident that everything is proposed for.</summary>
    public long Incident { get; private set; }

    /// <summary>What the program still has to do; timers do not count.</summary>
    public bool IsAtRest() =>
        Store.Count("select count(*) from messages where handled_at is null and dead_at is null and due_at < (unixepoch() + 30) * 1000") == 0;

    public async Task OpenIncidentAsync(CancellationToken cancellationToken) =>
        Incident = await _services.GetRequiredService<IStore>().WriteAsync(
            async transaction =>
            {
                var id = await IncidentTable.ReserveAsync(transaction, "prod", Some.Night);
                await IncidentTable.SaveAsync(transaction, Some.OpenedThread(id).Incident, "{}");
                return id;
            },
            cancellationToken);

    /// <summary>PagerDuty pages for the incident, and is to be told when a person acts; nobody answers there.</summary>
    public const string Pager = """
        pagerduty: { token: a-key-of-these-tests, from: opsbot@example.com, url: "http://127.0.0.1:9", acknowledge: true }

        """;

    public Task PageAsync(CancellationToken cancellationToken) => _services.GetRequiredService<IStore>().WriteAsync(
        async transaction =>
        {
            var thread = Some.OpenedThread(Incident);
            await IncidentTable.SaveAlertAsync(transaction, thread.Incident, thread.Alerts[0] with { Source = "pagerduty", IncidentKey = "Q1" });
            return true;
        },
        cancellationToken);

    /// <summary>What PagerDuty is told or to be told.</summary>
    public IReadOnlyList<string> Tells() => Store.Lines("select distinct json_extract(body, '$.deliveryId') from messages where kind = 'pagerduty.tell'");

    /// <summary>A thing that nobody has touched yet.</summary>
    public string NewName() => string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref _names)}");

    public async Task<Proposal> ApprovedAsync(
        string action, IReadOnlyList<IReadOnlyDictionary<string, string>> arguments, CancellationToken cancellationToken) =>
        (await TryApproveAsync(action, arguments, cancellationToken)).ShouldNotBeNull();

    public async Task<Proposal> ProposedAsync(
        string action, IReadOnlyList<IReadOnlyDictionary<string, string>> arguments, CancellationToken cancellationToken)
    {
        var proposed = await _services.GetRequiredService<ProposalDesk>().ProposeAsync(
            new ProposalRequest(action, arguments, "ana", "the test wants it", [], Incident, "prod"), cancellationToken);
        return proposed.Proposal.ShouldNotBeNull(proposed.Text);
    }

    /// <summary>Null where the same is proposed already.</summary>
    public async Task<Proposal?> TryApproveAsync(
        string action, IReadOnlyList<IReadOnlyDictionary<string, string>> arguments, CancellationToken cancellationToken)
    {
        var desk = _services.GetRequiredService<ProposalDesk>();
        var proposal = await ProposedAsync(action, arguments, cancellationToken);
        if (proposal.Status != ProposalStatus.Open)
        {
            return null;
        }

        foreach (var person in ((string[])["bo", "cy"]).Take(proposal.Quorum))
        {
            var answer = await desk.DecideAsync(
                new DecisionRequest(proposal.Id, proposal.Version, proposal.Binding.Hash, person, Approve: true), cancellationToken);
            answer.Accepted.ShouldBeTrue(answer.Text);
        }

        return proposal;
    }

    public Task<Proposal> ChangeAsync(string name, string outcome, CancellationToken cancellationToken, string action = "change") =>
        ApprovedAsync(action, [new Dictionary<string, string> { ["name"] = name, ["outcome"] = outcome }], cancellationToken);

    public Task<Answer> SettleAsync(long run, Settlement how, CancellationToken cancellationToken) =>
        _services.GetRequiredService<SettleDesk>().SettleAsync(_services.GetRequiredService<IPeople>().Find("cy")!, run, how, "the test looked", cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken) =>
        (await _services.GetRequiredService<IKillSwitch>().StopAsync(_services.GetRequiredService<IPeople>().Find("cy")!, "the test wants it", cancellationToken)).Accepted.ShouldBeTrue();

    public async Task<IReadOnlyList<ActionRun>> RunsAsync(CancellationToken cancellationToken) => await Reader.RunsAsync([], 100_000, cancellationToken);

    public async Task<ActionRun> RunOfAsync(Proposal proposal, CancellationToken cancellationToken) => await OpsBotProgram.UntilAsync(
        async () => (await Reader.FindProposalAsync(proposal.Id, proposal.Version, cancellationToken))!.Runs.LastOrDefault(run => run.IsOver || run.Status == RunStatus.Unknown),
        $"the end of {proposal.Name}",
        cancellationToken);

    public IReadOnlyList<StubEffect> Effects()
    {
        var file = Path.Combine(Folder.Path, "effects");
        return !File.Exists(file) ? [] : [.. File.ReadLines(file).Select(line => line.Split(' ')).Select(words => new StubEffect(
            words[0], long.Parse(words[1], CultureInfo.InvariantCulture), words[2], words[3], words[4],
            DateTimeOffset.UnixEpoch.AddTicks(long.Parse(words[5], CultureInfo.InvariantCulture) / 100)))];
    }

    public string Overlaps() => Path.Combine(Folder.Path, "overlaps") is var file && File.Exists(file) ? File.ReadAllText(file) : "";

    /// <summary>The version of a thing; 1 where nobody has touched it.</summary>
    public int VersionOf(string name) =>
        Path.Combine(Folder.Path, $"state-{name}") is var file && File.Exists(file) ? int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : 1;

    /// <summary>Process ids of supervisors that hold where they were told to.</summary>
    public IReadOnlyList<(string File, int Pid)> HeldSupervisors()
    {
        var runs = Path.Combine(Folder.Data, "runs");
        return !Directory.Exists(runs) ? [] :
        [
            .. Directory.EnumerateFiles(runs, "held", SearchOption.AllDirectories)
                .Select(file => (file, int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var pid) ? pid : 0)).Where(held => held.Item2 > 1),
        ];
    }

    /// <summary>Whether a supervisor of this stage is alive.</summary>
    public bool HasSupervisors() => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            var words = File.ReadAllText(Path.Combine(process, "cmdline"));
            return words.Contains("\0supervise\0", StringComparison.Ordinal) && words.Contains(Folder.Data, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    /// <summary>Rows that are neither handled nor given up; the timers of expiry do not count.</summary>
    public long Pending() => Store.Count("select count(*) from messages where handled_at is null and dead_at is null and kind <> 'action.expire'");

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Folder.Dispose();
    }
}

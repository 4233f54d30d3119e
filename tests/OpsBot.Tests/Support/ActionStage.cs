using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpsBot.Actions;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Execution;
using OpsBot.Actions.Gates;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime;
using OpsBot.Runtime.Processes;
using OpsBot.Storage;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Tests.Support;

/// <summary>
/// Everything that stands between a proposal and its effect, for real: catalog, planner, policy, people, gates, audit, ledger and a store on disk. The effect is a
/// program that appends a line to a file.
/// </summary>
internal sealed class ActionStage : IAsyncDisposable
{
    public const string RollBack = "roll-back";
    public const string Wipe = "wipe";

    private readonly List<ServiceProvider> _hosts = [];
    private readonly string _root = Directory.CreateTempSubdirectory("opsbot-stage-").FullName;
    private ServiceProvider _services;

    public ActionStage(Action<IServiceCollection>? change = null)
    {
        Directory.CreateDirectory(In("gates"));
        Program("effect.sh", $"echo \"$*\" >> '{In("effects")}'");
        Program("undo.sh", "exit 0");
        Program("state.sh", $"if [ -f '{In("state")}'-$1 ]; then cat '{In("state")}'-$1; else echo '{{\"version\":\"4\"}}'; fi");
        Program("gates/calm", "exit 0");
        _services = Host(change);
        Get<GatePinning>().Pin();
        Get<IStore>();
    }

    public ShiftedClock Clock { get; } = new();

    /// <summary>Lines that the effect has written.</summary>
    public IReadOnlyList<string> Effects => File.Exists(In("effects")) ? File.ReadAllLines(In("effects")) : [];

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    private ProposalDesk Desk => Get<ProposalDesk>();

    public string In(string name) => Path.Combine(_root, name);

    /// <summary>An executable script.</summary>
    public string Program(string name, string body, string interpreter = "/bin/sh")
    {
        var path = In(name);
        File.Delete(path);
        File.WriteAllText(path, $"#!{interpreter}\n{body}\n");
        SetMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>As after a restart with another configuration; the store stays.</summary>
    public void Restart(Action<IServiceCollection>? change = null) => _services = Host(change);

    /// <summary>Another host on the same store.</summary>
    public ServiceProvider Host(Action<IServiceCollection>? change = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton(new ConfigurationFolder(_root));
        services.Configure<StoreOptions>(options => TestEngine.Configure(options, In("data")));
        services.Configure<GateOptions>(options => options.TimeLimit = TimeSpan.FromSeconds(20));
        services.Configure<PeopleOptions>(people => people.AddRange(
        [
            Some.PersonOptions("ana", "sre"), Some.PersonOptions("ben", "sre"), Some.PersonOptions("cleo", "sre"), Some.PersonOptions("dev", "developer"),
            Some.PersonOptions("eve"),
        ]));
        services.Configure<ActionsOptions>(options =>
        {
            options.Catalog[RollBack] = Action(RiskOption.Reversible);
            options.Catalog[Wipe] = Action(RiskOption.Irreversible);
        });
        services.AddRuntime().AddStorage().AddActions();
        change?.Invoke(services);
        var host = services.BuildServiceProvider();
        _hosts.Add(host);
        return host;
    }

    public static ProposalRequest Request(string service, string action = RollBack, string by = "ana", params (string Name, string Value)[] more) => new(
        action,
        [new Dictionary<string, string>([KeyValuePair.Create("service", service), .. more.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))])],
        by, "errors rose after the deploy", [], IncidentId: null, "production");

    /// <summary>A proposal that stands.</summary>
    public async Task<Proposal> ProposeAsync(string service, string action = RollBack, string by = "ana")
    {
        var answer = await Desk.ProposeAsync(Request(service, action, by), Token);
        answer.Accepted.ShouldBeTrue(answer.Text);
        return answer.Proposal!;
    }

    /// <summary>What an attacker is told who proposes something that must not be.</summary>
    public async Task<string> ProposeRefusedAsync(ProposalRequest request)
    {
        var answer = await Desk.ProposeAsync(request, Token);
        answer.Accepted.ShouldBeFalse(answer.Text);
        return answer.Text;
    }

    public Task<Answer> DecideAsync(Proposal proposal, string person = "ben", bool approve = true, int? version = null, string? hash = null, ServiceProvider? host = null) =>
        (host ?? _services).GetRequiredService<ProposalDesk>().DecideAsync(
            new DecisionRequest(proposal.Id, version ?? proposal.Version, hash ?? proposal.Binding.Hash, person, approve), Token);

    public async Task<Proposal> ApprovedAsync(string service, string action = RollBack)
    {
        var proposal = await ProposeAsync(service, action);
        (await DecideAsync(proposal)).Accepted.ShouldBeTrue();
        if (action == Wipe)
            (await DecideAsync(proposal, "cleo")).Accepted.ShouldBeTrue();
        return proposal;
    }

    /// <summary>Asks for a run with a row, and handles every row that asks for one, as the bus would.</summary>
    /// <returns>Null where it ran; otherwise why not.</returns>
    public async Task<string?> RunAsync(Proposal proposal, int slot = 1) => await RunAsync(proposal.Id, proposal.Version, slot);

    public async Task<string?> RunAsync(long id, int version, int slot = 1)
    {
        await Get<Outbox>().CommitAsync(
            scope =>
            {
                scope.Follow(NewMessage.Of(new RunProposal(id, version, slot), $"stage/{Guid.NewGuid():N}"));
                return Task.FromResult(true);
            },
            Token);
        await HandleRunsAsync();
        return await ToldAsync(id, version, slot);
    }

    public async Task HandleRunsAsync(CancellationToken? stop = null)
    {
        var kinds = new Dictionary<string, int> { [RunProposal.Kind] = 32 };
        while (await Get<MessageQueue>().ClaimDueAsync(kinds, stop ?? Token) is { Count: > 0 } claimed)
        {
            foreach (var message in claimed)
                await Get<MessageHandling>().HandleAsync<RunProposal>(message.Id, message.LeaseToken, Get<ActionRunner>().RunAsync, stop ?? Token);
        }
    }

    /// <summary>What people see of a run: why it did not start; null where it ended well. Where there is none, why its row was given up.</summary>
    public async Task<string?> ToldAsync(long id, int version, int slot)
    {
        var runs = await Get<IActionReader>().RunsAsync([], 1000, Token);
        if (runs.FirstOrDefault(run => (run.ProposalId, run.Version, run.Slot) == (id, version, slot)) is { } found)
            return found.Status == RunStatus.Verified ? null : $"{found.Status}: {found.Reason}";
        return (await Get<IMessageReader>().DeadAsync(1000, Token)).MaxBy(row => row.Id)?.Error;
    }

    /// <summary>Consumes a slot and starts the effect where that is granted: what any host does, without the record that keeps two of them apart.</summary>
    public async Task<string?> ConsumeAsync(Proposal proposal, int slot = 1, ServiceProvider? host = null)
    {
        var services = host ?? _services;
        var now = await services.GetRequiredService<BindingReader>().ReadAsync(proposal, 1, Token);
        var refusal = await services.GetRequiredService<IStore>().WriteAsync(
            transaction => services.GetRequiredService<IApprovalLedger>().ConsumeAsync(
                transaction, proposal.Id, proposal.Version, slot, now.Binding.Hash, Clock.GetUtcNow()),
            Token);
        if (refusal is null)
            (await services.GetRequiredService<IProcessRunner>().RunAsync(now.Slot.Plan.Run.ToRequest(), Token)).ExitCode.ShouldBe(0);
        return refusal;
    }

    /// <summary>Runs SQL as somebody would who has the file.</summary>
    public async Task MeddleAsync(string sql)
    {
        await using var connection = TestEngine.Open(In("data"));
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        (await command.ExecuteNonQueryAsync(Token)).ShouldBeGreaterThan(0, sql);
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var connection = TestEngine.Open(In("data"));
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        TestEngine.Remove(In("data"));
        Directory.Delete(_root, recursive: true);
    }

    private ActionOptions Action(RiskOption risk) => new()
    {
        Description = "Put the last version back",
        Risk = risk,
        Parameters = new()
        {
            ["service"] = new(),
            ["count"] = new() { Type = ParameterType.Integer, Min = 1, Max = 5, Default = "1" },
            ["tier"] = new() { Type = ParameterType.Choice, Choices = ["staging", "production"], Default = "production" },
        },
        Target = "deployment/{service}",
        Blast = new() { Count = "{count}", Tier = "{tier}" },
        Run = [In("effect.sh"), "{service}", "{state.version}"],
        Undo = risk == RiskOption.Reversible ? [In("undo.sh"), "{service}", "{state.version}"] : [],
        State = [In("state.sh"), "{service}"],
        Gates = new() { Before = ["calm"] },
        Approval = new() { Roles = ["sre"] },
        Folder = _root,
    };
}

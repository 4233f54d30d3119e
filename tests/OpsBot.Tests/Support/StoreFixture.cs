using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Tests.Support;

/// <summary>A real store in a folder of its own, with a clock in hand.</summary>
public sealed class StoreFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly bool _ownsFolder;

    public StoreFixture(Action<MessageOptions>? messages = null, Action<StoreOptions>? store = null, string? folder = null, bool goesAway = false)
    {
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("opsbot-store-").FullName;
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IRedactor, PassThrough>();
        services.Configure<StoreOptions>(options =>
        {
            TestEngine.Configure(options, Folder);
            store?.Invoke(options);
        });
        services.Configure<MessageOptions>(options => messages?.Invoke(options));
        if (goesAway)
        {
            services.AddSingleton<StoreThatGoesAway>();
            services.AddSingleton<IStore>(provider => provider.GetRequiredService<StoreThatGoesAway>());
        }

        services.AddStorage();
        _services = services.BuildServiceProvider();
    }

    public string Folder { get; }

    public ManualClock Clock { get; } = new();

    /// <summary>Has the store fail where a test wants it to; of one that was made to go away.</summary>
    internal StoreThatGoesAway Away => Get<StoreThatGoesAway>();

    public MessageQueue Queue => Get<MessageQueue>();

    public MessageHandling Handling => Get<MessageHandling>();

    public IIntake Intake => Get<IIntake>();

    public IMessageReader Reader => Get<IMessageReader>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Claims up to <paramref name="most"/> rows of one kind, as the pump would.</summary>
    public Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(string kind, int most = 32) =>
        Queue.ClaimDueAsync(new Dictionary<string, int> { [kind] = most }, TestContext.Current.CancellationToken);

    /// <summary>Takes a claimed row as a consumer would, and goes no further; null when the claim is stale.</summary>
    internal Task<LeasedMessage?> TakeAsync(ClaimedMessage row)
    {
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        return Get<IStore>().MergeAsync(
            LeaseTaking.Merge, new Ticket(row.Id, row.LeaseToken, Get<WorkerIdentity>().Owner, now, now + 30_000), WriteLane.Leases,
            TestContext.Current.CancellationToken);
    }

    /// <summary>The steps of SQLite's plan for a query of the program.</summary>
    public IReadOnlyList<string> Plan(string sql)
    {
        _ = Reader;
        using var connection = TestEngine.Open(Folder);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the program's own text
        command.CommandText = $"explain query plan {sql}";
#pragma warning restore CA2100
        foreach (var name in Regex.Matches(sql, "@[A-Za-z]+").Select(match => match.Value).Distinct())
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, 1L);
            command.Parameters.Add(parameter);
        }

        using var reader = command.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }

    /// <summary>The first column of the first row, read beside the store.</summary>
    public async Task<long> ScalarAsync(string sql)
    {
        await using var connection = TestEngine.Open(Folder);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Lets the leases of rows lapse, as if whoever holds them had been silent for too long.</summary>
    public async Task LapseAsync(params long[] ids)
    {
        await using var connection = TestEngine.Open(Folder);
        await using var command = connection.CreateCommand();
        command.CommandText = $"update messages set lease_until = 0 where id in ({string.Join(',', ids)})";
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The machine that a row is bound to.</summary>
    public async Task<string?> HostOfAsync(long id)
    {
        await using var connection = TestEngine.Open(Folder);
        await using var command = connection.CreateCommand();
        command.CommandText = $"select host from messages where id = {id}";
        return await command.ExecuteScalarAsync() as string;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_ownsFolder && Directory.Exists(Folder))
        {
            TestEngine.Remove(Folder);
            Directory.Delete(Folder, recursive: true);
        }
    }

    private sealed class PassThrough : IRedactor
    {
        public string Redact(string text) => text;
    }
}

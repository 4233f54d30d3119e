using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsBot.Actions;
using OpsBot.Actions.Audit;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Engine;

namespace OpsBot.Tests.Support;

/// <summary>An audit in a real store, and a hand that reaches into its table past the program.</summary>
internal sealed class AuditFixture : IAsyncDisposable
{
    private readonly StoreFixture _store = new();
    private readonly IOptions<StoreOptions> _folder;

    public AuditFixture(string? key = null)
    {
        Options = new AuditOptions { Key = key };
        _folder = Microsoft.Extensions.Options.Options.Create(new StoreOptions { DataFolder = _store.Folder });
        Key = new AuditKey(Microsoft.Extensions.Options.Options.Create(Options), _folder);
        Trail = new AuditTrail(Key, new Redactor(new KnownSecrets(), Microsoft.Extensions.Options.Options.Create(new RedactionOptions())));
    }

    public AuditOptions Options { get; }

    public string Folder => _store.Folder;

    public ManualClock Clock => _store.Clock;

    public AuditKey Key { get; private set; }

    public AuditTrail Trail { get; private set; }

    public IAuditReader Reader => _store.Get<IAuditReader>();

    public AuditAnchors Anchors => new(
        Reader, Microsoft.Extensions.Options.Options.Create(Options), _folder, new ConfigurationFolder(_store.Folder), Clock, NullLogger<AuditAnchors>.Instance);

    /// <summary>As after a restart: the key is read again.</summary>
    public void Restart()
    {
        Key = new AuditKey(Microsoft.Extensions.Options.Options.Create(Options), _folder);
        Trail = new AuditTrail(Key, new Redactor(new KnownSecrets(), Microsoft.Extensions.Options.Options.Create(new RedactionOptions())));
    }

    public Task AppendAsync(string kind, params (string Name, string Value)[] details) =>
        AppendAsync(new AuditEntry(kind, "ada", "INC-1", details.ToDictionary(detail => detail.Name, detail => detail.Value)));

    public Task AppendAsync(AuditEntry entry) => _store.Get<IStore>().WriteAsync(
        transaction => Trail.AppendAsync(transaction, entry, Clock.GetUtcNow()), TestContext.Current.CancellationToken);

    public Task AppendAndThrowAsync() => _store.Get<IStore>().WriteAsync(
        async transaction =>
        {
            await Trail.AppendAsync(transaction, new AuditEntry("gate", "ada", "INC-1", new Dictionary<string, string>()), Clock.GetUtcNow());
            throw new InvalidOperationException("what it told of did not happen");
        },
        TestContext.Current.CancellationToken);

    /// <summary>The key as another process of the same folder sees it.</summary>
    public AuditKey AnotherKey() => new(Microsoft.Extensions.Options.Options.Create(Options), _folder);

    public async Task AppendManyAsync(int rows)
    {
        for (var i = 1; i <= rows; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await AppendAsync("gate", ("n", $"row {i}"));
        }
    }

    /// <summary>All rows, read as the program reads them.</summary>
    public Task<IReadOnlyList<AuditRow>> RowsAsync() => Reader.PageAsync(0, 10_000, TestContext.Current.CancellationToken);

    public Task<AuditFinding> VerifyAsync(params AuditHead[] heads) =>
        new AuditVerifier(Reader, Key).VerifyAsync([.. Anchors.Read().Heads, .. heads], TestContext.Current.CancellationToken);

    /// <summary>Runs SQL as somebody would who has the file and not the key.</summary>
    public async Task MeddleAsync(string sql)
    {
        await using var connection = TestEngine.Open(_store.Folder);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBeGreaterThan(0, sql);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Actions.Audit;

/// <summary>
/// Holds the key of this host against the audit of its store: at start, and until there is a row to hold it against. A host whose key is another one does not
/// start, or ends; on its own it would refuse whatever has to stand in the audit, and say so only then.
/// </summary>
public sealed partial class AuditKeyGuard : BackgroundService
{
    /// <summary>So many of the newest rows tell whose key they were made with, some of them altered or not.</summary>
    internal const int Rows = 21;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IAuditReader _audit;
    private readonly AuditKey _key;
    private readonly bool _isShared;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private bool _isSettled;

    internal AuditKeyGuard(IAuditReader audit, AuditKey key, IOptions<StoreOptions> store, TimeProvider clock, ILogger<AuditKeyGuard> log) =>
        (_audit, _key, _isShared, _clock, _log) = (audit, key, store.Value.Postgres is { Length: > 0 }, clock, log);

    /// <exception cref="StoreException">The store's audit was written with another key.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!_isSettled)
        {
            await Task.Delay(Every, _clock, stoppingToken);
            await LookAsync(stoppingToken);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (await NewestAsync(cancellationToken) is not [var newest, ..] rows)
        {
            return;
        }

        _isSettled = true;
        if (Secret() is { } secret && !AuditChain.Knows(secret, rows))
        {
            throw new StoreException(_key.Differs(newest.Seq));
        }
    }

    /// <summary>Null where the store does not answer: it is waited for, and others say so.</summary>
    private async Task<IReadOnlyList<Contracts.Actions.AuditRow>?> NewestAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _audit.NewestAsync(subject: null, Rows, cancellationToken).WaitAsync(Patience, _clock, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Null where it is lost and no other host can have it: then events are taken all the same, and only what has to stand in the audit is refused.</summary>
    private byte[]? Secret()
    {
        try
        {
            return _key.Get(mayCreate: false);
        }
        catch (StoreException lost) when (!_isShared)
        {
            LogLost(lost.Message);
            return null;
        }
    }

    [LoggerMessage(3204, LogLevel.Error, "Nothing can be approved, run or closed: {Problem}")]
    private partial void LogLost(string problem);
}

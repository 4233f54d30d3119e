using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Contracts;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Engine;

namespace OpsBot.Actions.Audit;

/// <summary>The newest row at some time.</summary>
public sealed record AuditHead(long Seq, string Mac, DateTimeOffset At);

/// <summary>Heads of the audit, kept outside the store: what was cut off its end, they still know.</summary>
public sealed partial class AuditAnchors(
    IAuditReader audit, IOptions<AuditOptions> options, IOptions<StoreOptions> store, ConfigurationFolder configuration, TimeProvider clock, ILogger<AuditAnchors> log)
{
    private const int LongestLine = 4096;

    private readonly ILogger _log = log;

    public string File => options.Value.Anchor is { Length: > 0 } named
        ? Path.GetFullPath(named, configuration.Path)
        : Path.Combine(store.Value.DataFolder, "audit-anchors.jsonl");

    /// <summary>Writes down the head where it moved since the last line.</summary>
    public async Task AnchorAsync(CancellationToken cancellationToken)
    {
        if (await audit.NewestAsync(subject: null, 1, cancellationToken) is not [var newest]
            || (Read().Heads is [.., var last] && (last.Seq, last.Mac) == (newest.Seq, newest.Mac)))
        {
            return;
        }

        var head = new AuditHead(newest.Seq, newest.Mac, clock.GetUtcNow());
        Append(JsonSerializer.SerializeToUtf8Bytes(head, OpsBotJson.Options));
        LogAnchored(head.Seq, head.Mac);
    }

    /// <summary>All heads in the order in which they were written.</summary>
    /// <returns>And how many lines could not be read: a crash may leave one half written.</returns>
    public (IReadOnlyList<AuditHead> Heads, int Unreadable) Read()
    {
        var heads = new List<AuditHead>();
        var unreadable = 0;
        foreach (var line in System.IO.File.Exists(File) ? System.IO.File.ReadLines(File).Where(line => line.Length > 0) : [])
        {
            if (Parse(line) is { } head)
            {
                heads.Add(head);
            }
            else
            {
                unreadable++;
            }
        }

        return (heads, unreadable);
    }

    private static AuditHead? Parse(string line)
    {
        try
        {
            return line.Length > LongestLine ? null : JsonSerializer.Deserialize<AuditHead>(line, OpsBotJson.Options) is { Seq: > 0, Mac: not null } head ? head : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Append(byte[] line)
    {
        using var stream = new FileStream(File, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (stream.Length > 0)
        {
            stream.Seek(-1, SeekOrigin.End);
            if (stream.ReadByte() != '\n')
            {
                // what a crash left half written stays a line of its own
                stream.WriteByte((byte)'\n');
            }
        }

        stream.Write([.. line, (byte)'\n']);
        stream.Flush(flushToDisk: true);
    }

    [LoggerMessage(3201, LogLevel.Information, "Audit head {Seq}:{Mac}.")]
    private partial void LogAnchored(long seq, string mac);
}

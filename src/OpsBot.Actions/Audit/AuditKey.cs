using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OpsBot.Runtime.Files;
using OpsBot.Storage.Engine;

namespace OpsBot.Actions.Audit;

/// <summary>The secret of the audit's chain: as configured, else <c>audit.key</c> of the data folder.</summary>
internal sealed class AuditKey(IOptions<AuditOptions> options, IOptions<StoreOptions> store)
{
    public const int LeastBytes = 32;

    private readonly Lock _gate = new();
    private byte[]? _key;

    public string File => Path.Combine(store.Value.DataFolder, "audit.key");

    /// <summary>Where it comes from, for people.</summary>
    private string Source => options.Value.Key is { Length: > 0 } ? "audit.key of the configuration" : $"the file '{File}'";

    /// <summary>What to say where the store's audit is chained with another key than this one.</summary>
    /// <param name="newest">Number of the newest row.</param>
    public string Differs(long newest) => FormattableString.Invariant(
        $"The audit of this store (newest row {newest}) was written with another key than this host has, {Source}. All hosts of one store need the same key: name that of the others as audit.key in the configuration of each, or put the file 'audit.key' of the first host's data folder into this one's, and start again.");

    /// <param name="mayCreate">Whether a key may be made where there is none: only while nothing is chained with another.</param>
    /// <exception cref="StoreException">There is no key, or it cannot be one.</exception>
    public byte[] Get(bool mayCreate)
    {
        lock (_gate)
        {
            return _key ??= options.Value.Key is { Length: > 0 } configured ? Encoding.UTF8.GetBytes(configured) : Read() ?? Create(mayCreate);
        }
    }

    private byte[]? Read()
    {
        if (!System.IO.File.Exists(File))
        {
            return null;
        }

        var key = System.IO.File.ReadAllBytes(File);
        return key.Length >= LeastBytes
            ? key
            : throw new StoreException($"'{File}' holds {key.Length} bytes; a key has at least {LeastBytes}. Restore it from a backup: without it the audit cannot be verified.");
    }

    private byte[] Create(bool mayCreate)
    {
        if (!mayCreate)
        {
            throw new StoreException($"There is an audit and no key to it: '{File}' is not there. Restore it from a backup; where other hosts share the store, name their key as audit.key in the configuration of each, or put their file in its place.");
        }

        Directory.CreateDirectory(store.Value.DataFolder);
        // where another process was first, its key is ours
        NewFile.TryCreate(File, RandomNumberGenerator.GetBytes(LeastBytes));
        return Read()!;
    }
}

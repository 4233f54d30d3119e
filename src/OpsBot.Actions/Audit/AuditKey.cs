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
            throw new StoreException($"There is an audit and no key to it: '{File}' is gone. Restore it from a backup, or name the key as audit.key.");
        }

        Directory.CreateDirectory(store.Value.DataFolder);
        // where another process was first, its key is ours
        NewFile.TryCreate(File, RandomNumberGenerator.GetBytes(LeastBytes));
        return Read()!;
    }
}

using Microsoft.Extensions.Configuration;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Runtime.Secrets;

/// <summary>Reads secrets from files and configuration, and tells the redactor of each.</summary>
public interface ISecretReader
{
    /// <summary>The secret called <c>name</c>: what the file named by <c>name_FILE</c> holds, else the value of <c>name</c>; null where neither is set.</summary>
    /// <exception cref="SecretException">Both are set, or the file cannot be used.</exception>
    Secret? Find(string name);

    /// <summary>What a file holds, without its line end.</summary>
    /// <exception cref="SecretException">The file is missing, unreadable, empty, over 64 KiB, or no UTF-8.</exception>
    Secret ReadFile(string path);
}

/// <summary>A secret cannot be used; the message says why and what to do, never the value.</summary>
public sealed class SecretException(string message) : Exception(message);

internal sealed class SecretReader(IConfiguration configuration, KnownSecrets known) : ISecretReader
{
    public Secret? Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var value = configuration[name];
        var file = configuration[$"{name}_FILE"];
        if (string.IsNullOrEmpty(file)) return string.IsNullOrEmpty(value) ? null : Keep(value);
        if (!string.IsNullOrEmpty(value)) throw new SecretException($"Both {name} and {name}_FILE are set; unset one of them.");
        return ReadFile(file);
    }

    public Secret ReadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var (text, error) = SecretFile.Read(path);
        if (text is null) throw new SecretException(error!);
        return Keep(text);
    }

    private Secret Keep(string value)
    {
        known.Add(value);
        return new Secret(value);
    }
}

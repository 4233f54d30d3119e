using System.Text;
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
public sealed class SecretException(string message, Exception? inner = null) : Exception(message, inner);

internal sealed class SecretReader(IConfiguration configuration, KnownSecrets known) : ISecretReader
{
    private const int MaxBytes = 64 * 1024;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

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
        byte[] bytes;
        try
        {
            using var stream = File.OpenRead(path);
            bytes = new byte[MaxBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxBytes) throw new SecretException($"The secret file '{path}' holds more than {MaxBytes} bytes; it should hold one secret and nothing else.");
            Array.Resize(ref bytes, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SecretException($"The secret file '{path}' cannot be read: {e.Message}", e);
        }

        string text;
        try
        {
            text = Strict.GetString(bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsSpan(3) : bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new SecretException($"The secret file '{path}' is not UTF-8 text; write the secret to it as text.", e);
        }

        // an editor's line end is not part of the secret; blanks may be
        text = text.TrimEnd('\r', '\n');
        if (text.Length == 0) throw new SecretException($"The secret file '{path}' is empty; write the secret to it.");
        return Keep(text);
    }

    private Secret Keep(string value)
    {
        known.Add(value);
        return new Secret(value);
    }
}

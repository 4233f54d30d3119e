using System.Text;

namespace OpsBot.Runtime.Secrets;

/// <summary>Reads one secret from a file as container platforms mount them: UTF-8 text, the line break at its end taken off.</summary>
public static class SecretFile
{
    public const int MaxBytes = 64 * 1024;

    /// <param name="baseFolder">What a relative path is relative to; the working folder where it is not given.</param>
    /// <returns>The value, or null and why not. The error names the path, never the content.</returns>
    public static (string? Value, string? Error) Read(string path, string? baseFolder = null)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            return (null, "the secret file has no path; write one such as /run/secrets/name");
        }

        var full = baseFolder is null ? Path.GetFullPath(path) : Path.GetFullPath(path, baseFolder);
        try
        {
            using var stream = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var buffer = new byte[MaxBytes + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > MaxBytes)
            {
                return (null, $"the secret file '{full}' is larger than {MaxBytes} bytes; name a file that holds the secret alone");
            }

            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(buffer, 0, length).TrimStart('\uFEFF').TrimEnd('\r', '\n');
            return text.Length == 0 ? (null, $"the secret file '{full}' is empty; write the secret into it") : (text, null);
        }
        catch (DecoderFallbackException)
        {
            return (null, $"the secret file '{full}' is not UTF-8 text; encode the secret as text");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, $"the secret file '{full}' does not exist; create or mount it");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return (null, $"the secret file '{full}' cannot be read; check that it is a file and that this user may read it");
        }
    }
}

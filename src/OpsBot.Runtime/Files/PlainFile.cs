using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace OpsBot.Runtime.Files;

/// <summary>Reads a file that may be anything: bounded, and without following a link at its end.</summary>
public static partial class PlainFile
{
    private const int ReadOnlyNoWaitCloseOnExec = 0x80800;

    /// <summary>The whole content.</summary>
    /// <exception cref="IOException">It is missing, a link, no file, too large, or may not be read; the message says which.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        var content = new MemoryStream();
        Go(path, maxBytes, content.Write);
        return content.ToArray();
    }

    /// <summary>SHA-256 of the whole content, which is never in memory as a whole.</summary>
    /// <exception cref="IOException">As with <see cref="Read"/>.</exception>
    public static byte[] HashSha256(string path, int maxBytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Go(path, maxBytes, hash.AppendData);
        return hash.GetHashAndReset();
    }

    /// <summary>Opens it for reading from its start to its end; never waits for who writes into a pipe.</summary>
    /// <exception cref="IOException">It is missing, a link, no file, or may not be read; the message says which.</exception>
    public static FileStream OpenRead(string path)
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(Open(path), FileAccess.Read, 1 << 16);
            if (stream.CanSeek)
            {
                return stream;
            }
        }
        catch (Exception e) when (e is NotSupportedException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' is not a file", e);
        }

        stream.Dispose();
        throw new IOException($"'{path}' is not a file");
    }

    private static void Go(string path, int maxBytes, Action<ReadOnlySpan<byte>> take)
    {
        using var handle = Open(path);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var length = 0L;
            for (int read; (read = RandomAccess.Read(handle, buffer, length)) > 0; length += read)
            {
                if (length + read > maxBytes)
                {
                    throw new IOException($"'{path}' is larger than {maxBytes} bytes");
                }

                take(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is NotSupportedException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' is not a file", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static SafeFileHandle Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new FileInfo(path).LinkTarget is null
                ? File.OpenHandle(path)
                : throw new IOException($"'{path}' is a link; put the file itself there");
        }

        // 0x8000 on ARM, where the other value means something else
        var noFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;
        var descriptor = OpenFile(path, ReadOnlyNoWaitCloseOnExec | noFollow);
        if (descriptor < 0)
        {
            throw new IOException(Marshal.GetLastPInvokeError() switch
            {
                2 or 20 => $"'{path}' does not exist",
                13 => $"'{path}' may not be read by this account",
                40 => $"'{path}' is a link; put the file itself there",
                var other => $"'{path}' cannot be opened: {Marshal.GetPInvokeErrorMessage(other)}",
            });
        }

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
}

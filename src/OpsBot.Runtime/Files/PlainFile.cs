using System.Runtime.InteropServices;
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
        using var handle = Open(path);
        try
        {
            var buffer = new byte[maxBytes + 1];
            var length = 0;
            for (int read; length < buffer.Length && (read = RandomAccess.Read(handle, buffer.AsSpan(length), length)) > 0;) length += read;
            return length <= maxBytes ? buffer[..length] : throw new IOException($"'{path}' is larger than {maxBytes} bytes");
        }
        catch (Exception e) when (e is NotSupportedException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' is not a file", e);
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

using System.Runtime.InteropServices;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>Files that are on the disk, name and all, when the call returns.</summary>
internal static class DurableFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the file; false where anything of that name is there already. Only one caller ever gets true.</summary>
    public static bool TryCreate(string path, ReadOnlySpan<byte> bytes)
    {
        if (Exists(path))
        {
            return false;
        }

        try
        {
            using var file = new FileStream(path, Options(FileMode.CreateNew));
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        catch (Exception there) when (there is IOException or UnauthorizedAccessException && Exists(path))
        {
            return false;
        }

        FlushDirectory(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>Puts the file in place whole; a reader sees the old one or the new one.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, bool flush = true)
    {
        var draft = path + ".new";
        using (var file = new FileStream(draft, Options(FileMode.Create)))
        {
            file.Write(bytes);
            file.Flush(flush);
        }

        File.Move(draft, path, overwrite: true);
        if (flush)
        {
            FlushDirectory(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>The bytes of a plain file; null where there is none, or what is there is no plain file or larger than <paramref name="most"/>.</summary>
    public static byte[]? TryRead(string path, int most)
    {
        try
        {
            var info = new FileInfo(path);
            // a link leads out of the folder, and opening a pipe would wait for ever: it has no length
            if (!info.Exists || info.LinkTarget is not null || info.Length is 0 || info.Length > most)
            {
                return null;
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>True for a file, a folder, or a link that leads nowhere.</summary>
    public static bool Exists(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    /// <summary>A folder that only we may look into.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, Private | UnixFileMode.UserExecute);
        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Private;
        }

        return options;
    }

    private static void FlushDirectory(string path)
    {
        var handle = Libc.Open(path, 0);
        if (handle < 0 || Libc.FSync(handle) < 0)
        {
            var error = Marshal.GetLastPInvokeErrorMessage();
            _ = handle < 0 || Libc.Close(handle) < 0;
            throw new IOException($"The folder '{path}' cannot be flushed to the disk: {error}.");
        }

        _ = Libc.Close(handle);
    }
}

using System.Runtime.InteropServices;

namespace OpsBot.Runtime.Files;

/// <summary>Makes a file that is there whole or not at all, and that whoever comes first keeps.</summary>
public static partial class NewFile
{
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>For its owner's eyes only, and on the disk when this returns.</summary>
    /// <returns>False where there is one already; it is left as it is.</returns>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        var writing = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            writing.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var stream = new FileStream(draft, writing))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            return Publish(draft, path);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    // File.Move without overwriting looks first and renames then: of two at once the later one replaces what the earlier one uses already.
    private static bool Publish(string draft, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return Move(draft, path);
        }

        if (Link(draft, path) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return File.Exists(path) ? false : throw new IOException($"'{path}' cannot be made: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        // the name is on the disk only with its folder
        if (OperatingSystem.IsLinux() && OpenFolder(Path.GetDirectoryName(Path.GetFullPath(path))!, ReadOnlyCloseOnExec) is >= 0 and var folder)
        {
            _ = Sync(folder);
            _ = Close(folder);
        }

        return true;
    }

    private static bool Move(string draft, string path)
    {
        try
        {
            File.Move(draft, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>Terminals, as the C library of Linux has them.</summary>
internal static class Terminal
{
    private const int ReadAndWrite = 2, NotOurs = 0x100, SetWindowSize = 0x5414, AtOnce = 0;

    /// <summary>Makes one: what is written to its device is read from the handle, and the other way round.</summary>
    /// <returns>Its handle and the path of its device; or null and why not.</returns>
    public static (SafeFileHandle? Ours, string? Device, string? Problem) Open(ushort rows, ushort columns)
    {
        var file = OpenPty(ReadAndWrite | NotOurs);
        if (file < 0)
        {
            return (null, null, Marshal.GetLastPInvokeErrorMessage());
        }

        var ours = new SafeFileHandle(file, ownsHandle: true);
        var name = new byte[128];
        if (Grant(file) != 0 || Unlock(file) != 0 || Name(file, name, name.Length) != 0)
        {
            ours.Dispose();
            return (null, null, Marshal.GetLastPInvokeErrorMessage());
        }

        _ = Control(file, SetWindowSize, [rows, columns, 0, 0]);
        return (ours, System.Text.Encoding.UTF8.GetString(name, 0, Array.IndexOf(name, (byte)0)), null);
    }

    /// <summary>Hands keys on as they are pressed: it is the command's terminal that gives them a meaning.</summary>
    public static void MakeRaw(int file)
    {
        // opaque: 60 bytes with glibc
        var settings = new byte[256];
        if (GetSettings(file, settings) == 0)
        {
            Raw(settings);
            _ = SetSettings(file, AtOnce, settings);
        }
    }

    /// <summary>Writes what it takes; what it does not take is lost, and nobody waits for it.</summary>
    public static bool Write(int file, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = Libc.Write(file, in MemoryMarshal.GetReference(bytes), bytes.Length);
            if (written <= 0)
            {
                return false;
            }

            bytes = bytes[(int)written..];
        }

        return true;
    }

    [DllImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static extern int OpenPty(int flags);

    [DllImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static extern int Grant(int file);

    [DllImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static extern int Unlock(int file);

    [DllImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static extern int Name(int file, byte[] name, nint length);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(int file, nuint request, ushort[] size);

    [DllImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static extern int GetSettings(int file, byte[] settings);

    [DllImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static extern int SetSettings(int file, int when, byte[] settings);

    [DllImport("libc", EntryPoint = "cfmakeraw")]
    private static extern void Raw(byte[] settings);
}

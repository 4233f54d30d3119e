using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OpsBot.Runtime.Files;

/// <summary>What the account that this process runs as may do to files. Asked of the kernel, so that access lists and read-only mounts count. Linux only.</summary>
public static partial class AccountRights
{
    private const int CurrentFolder = -100;
    private const int Writing = 2;
    private const int EffectiveIds = 0x200;
    private const int NoFollow = 0x100;
    private const uint WantOwner = 8;
    private const int ReadOnlyMount = 30;

    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Whether this account can change it: may write to it, or owns it and so may let itself write. What does not exist cannot be changed.</summary>
    public static bool MayChange(string path) => Access(CurrentFolder, path, Writing, EffectiveIds) == 0
        || (Marshal.GetLastPInvokeError() != ReadOnlyMount && OwnerOf(path) == EffectiveUser());

    private static uint? OwnerOf(string path)
    {
        // struct statx has the same layout on every architecture; the owner's number stands at byte 20
        var buffer = new byte[256];
        return StatX(CurrentFolder, path, NoFollow, WantOwner, buffer) == 0 ? BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(20)) : null;
    }

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(int folder, string path, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, [Out] byte[] buffer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}

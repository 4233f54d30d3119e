using System.Runtime.InteropServices;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>What the supervisor needs of the C library and the framework does not have. Linux and macOS.</summary>
internal static class Libc
{
    public const int SigHup = 1, SigInt = 2, SigQuit = 3, SigKill = 9, SigTerm = 15;

    private const string Library = "libc";

    public static readonly nint Ignore = 1;

    [DllImport(Library, EntryPoint = "setsid", SetLastError = true)]
    public static extern int SetSid();

    [DllImport(Library, EntryPoint = "signal")]
    public static extern nint Signal(int signal, nint handler);

    [DllImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static extern int Kill(int pid, int signal);

    [DllImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    public static extern int WaitPid(int pid, out int status, int options);

    [DllImport(Library, EntryPoint = "pipe", SetLastError = true)]
    public static extern int Pipe([Out] int[] ends);

    [DllImport(Library, EntryPoint = "dup2", SetLastError = true)]
    public static extern int Dup2(int from, int to);

    [DllImport(Library, EntryPoint = "open", SetLastError = true)]
    public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport(Library, EntryPoint = "write", SetLastError = true)]
    public static extern nint Write(int file, in byte first, nint count);

    [DllImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static extern int FSync(int file);

    [DllImport(Library, EntryPoint = "close", SetLastError = true)]
    public static extern int Close(int file);

    // The two structures are opaque: 336 and 80 bytes with glibc on 64 bits, less elsewhere. LPStr is UTF-8 on these systems.
    [DllImport(Library, EntryPoint = "posix_spawn")]
    public static extern int Spawn(
        out int pid, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] actions, byte[] attributes,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] arguments,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] environment);

    [DllImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static extern int InitActions(byte[] actions);

    [DllImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static extern int DestroyActions(byte[] actions);

    [DllImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static extern int AddDup2(byte[] actions, int from, int to);

    [DllImport(Library, EntryPoint = "posix_spawn_file_actions_addclose")]
    public static extern int AddClose(byte[] actions, int file);

    [DllImport(Library, EntryPoint = "posix_spawn_file_actions_addopen")]
    public static extern int AddOpen(byte[] actions, int file, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport(Library, EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    public static extern int AddChangeDirectory(byte[] actions, [MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    [DllImport(Library, EntryPoint = "posix_spawnattr_init")]
    public static extern int InitAttributes(byte[] attributes);

    [DllImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    public static extern int DestroyAttributes(byte[] attributes);

    [DllImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    public static extern int SetFlags(byte[] attributes, short flags);

    [DllImport(Library, EntryPoint = "posix_spawnattr_setpgroup")]
    public static extern int SetGroup(byte[] attributes, int group);

    [DllImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static extern int SetDefaultSignals(byte[] attributes, byte[] signals);

    [DllImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    public static extern int SetSignalMask(byte[] attributes, byte[] signals);

    [DllImport(Library, EntryPoint = "sigemptyset")]
    public static extern int EmptySet(byte[] signals);

    [DllImport(Library, EntryPoint = "sigfillset")]
    public static extern int FillSet(byte[] signals);
}

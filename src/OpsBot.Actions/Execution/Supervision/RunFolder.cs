using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>The folder of one command, and what can be told from it. Whatever cannot be read as written tells nothing.</summary>
internal sealed class RunFolder(string path)
{
    private const int LargestRecord = 64 * 1024;

    public string Path => path;

    public string Spec => System.IO.Path.Combine(path, "spec.json");

    public string Lock => System.IO.Path.Combine(path, "lock");

    public string Started => System.IO.Path.Combine(path, "started.json");

    public string Pid => System.IO.Path.Combine(path, "pid.json");

    public string Exit => System.IO.Path.Combine(path, "exit.json");

    public string Output => System.IO.Path.Combine(path, "output");

    public string Work => System.IO.Path.Combine(path, "work");

    public string Log => System.IO.Path.Combine(path, "supervisor.log");

    public string Lines => System.IO.Path.Combine(path, "lines.json");

    /// <summary>Where tmux listens, should the command have a terminal and tmux be here.</summary>
    public string Tmux => System.IO.Path.Combine(path, "tmux");

    /// <summary>Makes the folder with its spec, before the intent is journalled. What another life of the store left under this name is set aside.</summary>
    /// <returns>The digest of the spec, to be journalled.</returns>
    public string Prepare(CommandSpec spec, DateTimeOffset now)
    {
        if (DurableFile.Exists(path))
        {
            // Nothing of ours can have been started: the intent is not journalled yet. What an earlier life of the store has at work here is not taken from it.
            if (IsHeld())
            {
                throw new IOException($"A supervisor is at work in '{path}'; end it, or wait for it.");
            }

            Directory.Move(path, FormattableString.Invariant($"{path}.before-{now.ToUnixTimeMilliseconds()}"));
        }

        DurableFile.CreateFolder(path);
        DurableFile.CreateFolder(Work);
        var bytes = spec.ToBytes();
        if (!DurableFile.TryCreate(Spec, bytes))
        {
            throw new IOException($"'{Spec}' is there already; somebody else uses this folder.");
        }

        return CommandSpec.DigestOf(bytes);
    }

    /// <summary>What has become of the command.</summary>
    /// <param name="digest">Of the spec as journalled; records of another spec count as unreadable.</param>
    /// <param name="startSeen">The store says that the command had been started.</param>
    /// <param name="environmentMark">A variable that only this command and its descendants carry: <c>NAME=value</c>.</param>
    public FolderSight Look(string digest, bool startSeen, string environmentMark)
    {
        // In this order: a supervisor that is gone by now wrote its last word before we look for it.
        var supervised = IsSupervised(digest);
        var exit = Read(Exit, SupervisorJson.Default.ExitRecord, record => record.Spec == digest && record.IsWhole);
        var started = Read(Started, SupervisorJson.Default.StartedRecord, record => record.Spec == digest);
        var pid = Read(Pid, SupervisorJson.Default.PidRecord, record => record.Spec == digest);
        var wasStarted = startSeen || DurableFile.Exists(Started) || DurableFile.Exists(Pid) || DurableFile.Exists(Exit);
        var living = !wasStarted || (exit is not null && started is not null) || supervised ? null : LivingProcess.Find(pid, environmentMark);
        var progress = !wasStarted ? (supervised ? FolderProgress.Starting : FolderProgress.NotStarted)
            : exit is not null && started is not null ? FolderProgress.Ended
            : supervised ? FolderProgress.Running
            : living is not null ? FolderProgress.Orphaned
            : FolderProgress.Lost;
        return new FolderSight(progress, progress == FolderProgress.Ended ? exit : null, pid ?? (living is { } found ? new PidRecord(digest, found.Pid, found.Start, started?.At ?? default) : null), started?.At);
    }

    /// <summary>What was printed that is worth a word; null where nothing is known of it.</summary>
    public LinesRecord? ReadLines(string digest) => Read(Lines, SupervisorJson.Default.LinesRecord, record => record.Spec == digest);

    /// <summary>The last bytes of what was printed so far, as kept: not redacted.</summary>
    public string ReadOutput(int most)
    {
        try
        {
            if (new FileInfo(Output) is not { Exists: true, LinkTarget: null })
            {
                return "";
            }

            using var file = File.OpenRead(Output);
            file.Seek(-Math.Min(most, file.Length), SeekOrigin.End);
            var bytes = new byte[most];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, most, throwOnEndOfStream: false));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private bool IsSupervised(string digest)
    {
        if (IsHeld())
        {
            return true;
        }

        // Where the file system knows no locks, the process tells.
        return Read(Started, SupervisorJson.Default.StartedRecord, record => record.Spec == digest) is { } started
            && LivingProcess.IsAlive(started.SupervisorPid, started.SupervisorStart);
    }

    /// <summary>A supervisor has its lock.</summary>
    private bool IsHeld()
    {
        try
        {
            using var free = new FileStream(Lock, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // No supervisor has been here, or the lock is no file and none can hold it.
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static T? Read<T>(string file, JsonTypeInfo<T> type, Func<T, bool> isOurs)
        where T : class
    {
        try
        {
            return DurableFile.TryRead(file, LargestRecord) is { } bytes && JsonSerializer.Deserialize(bytes, type) is { } record && isOurs(record) ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How far a command got, as far as its folder tells.</summary>
internal enum FolderProgress
{
    /// <summary>Nothing was started: it may be started now.</summary>
    NotStarted,

    /// <summary>A supervisor is there and about to start it.</summary>
    Starting,

    Running,

    /// <summary>Its supervisor is gone, and the command still runs. How it will end nobody will write down.</summary>
    Orphaned,

    /// <summary>The supervisor wrote down how it ended.</summary>
    Ended,

    /// <summary>It was started, nothing of it runs any more, and nobody wrote down how it ended.</summary>
    Lost,
}

/// <summary>What is seen in a folder.</summary>
/// <param name="Exit">Only where it ended.</param>
internal sealed record FolderSight(FolderProgress Progress, ExitRecord? Exit, PidRecord? Pid, DateTimeOffset? StartedAt);

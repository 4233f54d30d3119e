using System.Security.Cryptography;
using System.Text;
using OpsBot.Runtime.Processes;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>Reads what a command prints until it ends: head and tail are kept on the disk as they grow, the digest goes over everything.</summary>
/// <param name="notice">Gets everything as it is printed; must not wait for anybody.</param>
/// <param name="keep">Called now and then after something was printed, and at the end.</param>
internal sealed class CommandOutput(int limitBytes, string path, Action<ReadOnlyMemory<byte>>? notice = null, Action? keep = null) : IDisposable
{
    /// <summary>How long what it was asked to end has for it.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How long the output may stay open after the command ended: a daemon that it left behind may hold it.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan SnapshotEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);

    private readonly HeadTailBuffer _kept = new(limitBytes);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _drained = new();
    private long _bytes;
    private long _snapshotBytes = -1;
    private long _snapshotAt;

    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    public string Digest()
    {
        lock (_gate)
        {
            return Convert.ToHexStringLower(_hash.GetCurrentHash());
        }
    }

    /// <summary>Blocks until the command ended, by itself or at its time limit, and its output is read.</summary>
    public (int? ExitCode, int? Signal, bool TimedOut) FollowToEnd(SpawnedCommand command, TimeSpan timeLimit)
    {
        (int? ExitCode, int? Signal) status = default;
        using var ended = new ManualResetEventSlim();
        Start(() => Read(command));
        Start(() =>
        {
            status = command.Wait();
            ended.Set();
        });
        var timedOut = !Await(ended, timeLimit) && End(command, ended);
        Await(_drained, DrainLimit);
        Snapshot(last: true);
        return (status.ExitCode, status.Signal, timedOut);
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>Asks the whole group to end, and kills what is left of it.</summary>
    private static bool End(SpawnedCommand command, ManualResetEventSlim ended)
    {
        command.Signal(Libc.SigTerm);
        var asked = TimeProvider.System.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (TimeProvider.System.GetElapsedTime(asked) < Grace && command.Signal(0))
        {
            pause.Wait(Turn);
        }

        command.Signal(Libc.SigKill);
        ended.Wait();
        return true;
    }

    private bool Await(ManualResetEventSlim what, TimeSpan atMost)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!what.Wait(Turn))
        {
            Snapshot(last: false);
            if (TimeProvider.System.GetElapsedTime(begun) >= atMost)
            {
                return false;
            }
        }

        return true;
    }

    private void Read(SpawnedCommand command)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            using var stream = command.OpenOutput();
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                lock (_gate)
                {
                    _hash.AppendData(buffer, 0, read);
                    _bytes += read;
                }

                _kept.Append(buffer.AsSpan(0, read));
                notice?.Invoke(buffer.AsMemory(0, read));
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // what was read until now is what there is
        }

        _drained.Set();
    }

    private void Snapshot(bool last)
    {
        if (!last && (Bytes == _snapshotBytes || (_snapshotAt != 0 && TimeProvider.System.GetElapsedTime(_snapshotAt) < SnapshotEvery)))
        {
            return;
        }

        (_snapshotBytes, _snapshotAt) = (Bytes, TimeProvider.System.GetTimestamp());
        try
        {
            DurableFile.Replace(path, Encoding.UTF8.GetBytes(_kept.ToOutput().Text), flush: last);
            keep?.Invoke();
        }
        catch (IOException)
        {
            // A full disk costs what is shown, not the command.
        }
    }

    // Threads of their own: both block, and the command must not wait for the pool to grow.
    private static void Start(ThreadStart work) => new Thread(work, maxStackSize: 256 * 1024) { IsBackground = true }.Start();
}

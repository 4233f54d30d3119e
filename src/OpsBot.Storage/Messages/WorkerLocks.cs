using System.Globalization;
using Microsoft.Extensions.Options;
using OpsBot.Storage.Engine;

namespace OpsBot.Storage.Messages;

/// <summary>
/// Liveness for processes that share a data folder: each holds a lock on a file of its own in <c>workers</c> for as long as it lives, and the
/// system takes it back however the process ends. A lock that can be taken, or a file that is gone, means that its owner is dead; neither
/// the pid nor the name of the machine, which a container that is created again gets anew, has a say.
/// </summary>
internal sealed class WorkerLocks : IWorkerLiveness, IDisposable
{
    private const string Extension = ".lock";

    private readonly string _folder;
    private readonly FileStream _own;
    private readonly bool _locksHold;

    public WorkerLocks(IOptions<StoreOptions> options)
    {
        _folder = Path.Combine(options.Value.DataFolder, "workers");
        Directory.CreateDirectory(_folder);
        // The random part makes the name ours alone; machine and pid are for people who look.
        var machine = string.Concat(Environment.MachineName.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'));
        Own = new WorkerIdentity(
            Environment.MachineName, string.Create(CultureInfo.InvariantCulture, $"{machine}-{Environment.ProcessId}-{Guid.NewGuid():N}"));
        _own = Create(PathOf(Own.Owner));
        // On a file system that knows no locks everybody would look dead, ourselves first.
        using var second = TryTake(PathOf(Own.Owner));
        _locksHold = second is null;
    }

    public WorkerIdentity Own { get; }

    // Where our own file is gone somebody has cleared the folder, and nothing can be told from it.
    public IReadOnlyCollection<string> DeadOf(IReadOnlyCollection<string> owners) =>
        _locksHold && File.Exists(PathOf(Own.Owner)) ? [.. owners.Except(Living(), StringComparer.Ordinal)] : [];

    public void Dispose() => _own.Dispose();

    private static FileStream Create(string path)
    {
        // The sweep of another process may find the file between its making and its locking: then it holds the lock for a moment and takes the
        // file away, and what we lock after it has no name. Nobody but us makes a file of this name, so a name that is there is ours.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var file = Open(path, FileMode.OpenOrCreate);
                if (File.Exists(path))
                {
                    return file;
                }

                file.Dispose();
            }
            catch (IOException) when (attempt < 100)
            {
                Thread.Yield();
            }
        }
    }

    /// <summary>Owners whose lock is held. The files of all others are removed on the way.</summary>
    private IEnumerable<string> Living()
    {
        foreach (var path in Directory.EnumerateFiles(_folder, "*" + Extension))
        {
            if (path == PathOf(Own.Owner) || TryTake(path) is not { } dead)
            {
                yield return Path.GetFileNameWithoutExtension(path);
            }
            else
            {
                dead.Dispose();
            }
        }
    }

    /// <summary>The file with its lock; null where somebody holds it, or where it cannot be told.</summary>
    private static FileStream? TryTake(string path)
    {
        try
        {
            return Open(path, FileMode.Open);
        }
        catch (Exception held) when (held is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // The lock is FileShare.None (flock on Unix). Closing removes the file while the lock is still held, so that nobody loses one just taken.
    private static FileStream Open(string path, FileMode mode) =>
        new(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);

    private string PathOf(string owner) => Path.Combine(_folder, owner + Extension);
}

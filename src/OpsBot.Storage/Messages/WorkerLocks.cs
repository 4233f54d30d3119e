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
        _folder = options.Value.MakeFolder("workers");
        (Own, _own) = Register(HostFile.NameOf(options.Value.DataFolder));
        // On a file system that knows no locks everybody would look dead, ourselves first.
        using var second = TryTake(PathOf(Own.Owner));
        _locksHold = second is null;
    }

    public WorkerIdentity Own { get; }

    // Where our own file is gone somebody has cleared the folder, and nothing can be told from it.
    public Task<IReadOnlyCollection<string>> DeadOfAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyCollection<string>>(
            _locksHold && File.Exists(PathOf(Own.Owner)) ? [.. owners.Except(Living(), StringComparer.Ordinal)] : []);

    /// <summary>Owners of this folder that live beside us; null where the file system does not tell.</summary>
    public IReadOnlyCollection<string>? Others() => _locksHold && File.Exists(PathOf(Own.Owner)) ? [.. Living().Where(owner => owner != Own.Owner)] : null;

    public void Dispose() => _own.Dispose();

    private (WorkerIdentity Own, FileStream Lock) Register(string host)
    {
        for (var attempt = 1; ; attempt++)
        {
            // The random part makes the name ours alone; machine and pid are for people who look.
            var owner = string.Create(CultureInfo.InvariantCulture, $"{HostFile.Machine}-{Environment.ProcessId}-{Guid.NewGuid():N}");
            try
            {
                var file = Open(PathOf(owner), FileMode.CreateNew);
                // The sweep of another process may have found the file between its making and its locking, and have taken it away: what we
                // hold then has no name, and nobody would see that we live.
                if (File.Exists(PathOf(owner)))
                {
                    return (new WorkerIdentity(host, owner), file);
                }

                file.Dispose();
            }
            catch (IOException) when (attempt < 100)
            {
                // Such a sweep holds the lock at this moment: it will take the file away, and we take another name.
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

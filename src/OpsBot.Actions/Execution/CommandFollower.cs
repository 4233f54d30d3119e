using System.Text.Json;
using OpsBot.Actions.Execution.Supervision;
using OpsBot.Runtime.Processes;

namespace OpsBot.Actions.Execution;

/// <summary>One command to be started, or found at work, and followed to its end.</summary>
/// <param name="Digest">Of the spec that was journalled.</param>
/// <param name="Mark">A variable that only this command carries: <c>NAME=value</c>.</param>
/// <param name="StartSeen">It was seen at work before: it is not started again, whatever its folder says.</param>
/// <param name="HasTerminal">A person may attach to it, where that is possible.</param>
internal sealed record FollowedCommand(RunFolder Folder, string Digest, string Mark, bool StartSeen, TimeSpan TimeLimit, bool HasTerminal = false);

/// <summary>Starts a command's supervisor where none has been, and watches the folder until it is known how the command ended, or that nobody knows.</summary>
internal sealed class CommandFollower(SupervisorLauncher launcher, TimeProvider clock)
{
    private const int MostLaunches = 3;

    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(100);

    /// <param name="progress">Called again and again while it is at work.</param>
    /// <returns>How it ended; without an exit where nobody wrote it down.</returns>
    public async Task<FolderSight> FollowAsync(FollowedCommand command, Func<FolderSight, Task> progress, CancellationToken cancellationToken)
    {
        var (begun, launches) = (clock.GetTimestamp(), 0);
        Launched? launched = null;
        try
        {
            while (true)
            {
                // Asked before the folder is looked at: who has ended by now has left its traces there.
                var nobodyStarts = launched?.HasEnded ?? true;
                var sight = command.Folder.Look(command.Digest, command.StartSeen, command.Mark);
                switch (sight.Progress)
                {
                    case FolderProgress.Ended or FolderProgress.Lost:
                        return sight;
                    case FolderProgress.NotStarted when nobodyStarts && launches == MostLaunches:
                        if (Forbid(command, $"its supervisor ended {MostLaunches} times without starting it; see '{command.Folder.Log}'") is { } never)
                        {
                            return sight with { Exit = never };
                        }

                        break;
                    case FolderProgress.NotStarted when nobodyStarts:
                        launches++;
                        launched?.Dispose();
                        // where tmux does not do it, the next time goes without
                        launched = launcher.Launch(command.Folder, command.Digest, command.HasTerminal && launches == 1 && launcher.CanAttach(command.Folder));
                        break;
                    case FolderProgress.Orphaned:
                        EndInTime(command, sight);
                        break;
                }

                await progress(sight);
                await Task.Delay(clock.GetElapsedTime(begun) < TimeSpan.FromSeconds(2) ? Quick : Slow, clock, cancellationToken);
            }
        }
        finally
        {
            launched?.Dispose();
        }
    }

    /// <summary>Whether nothing was started yet, so that it may still be forbidden.</summary>
    public static bool IsUnstarted(FollowedCommand command) =>
        command.Folder.Look(command.Digest, command.StartSeen, command.Mark).Progress is FolderProgress.NotStarted or FolderProgress.Starting;

    /// <summary>Takes the one start that there is, so that no supervisor, however late, can have it; null where one was faster.</summary>
    public ExitRecord? Forbid(FollowedCommand command, string because)
    {
        var now = clock.GetUtcNow();
        var record = new StartedRecord(command.Digest, Environment.ProcessId, ProcessStart.Of(Environment.ProcessId) ?? "", now);
        if (!Directory.Exists(command.Folder.Path)
            || !DurableFile.TryCreate(command.Folder.Started, JsonSerializer.SerializeToUtf8Bytes(record, SupervisorJson.Default.StartedRecord)))
        {
            return null;
        }

        // Written down too: who looks later must not take us for its supervisor.
        var exit = new ExitRecord(command.Digest, null, null, because, false, now, "", 0);
        DurableFile.Replace(command.Folder.Exit, JsonSerializer.SerializeToUtf8Bytes(exit, SupervisorJson.Default.ExitRecord));
        return exit;
    }

    /// <summary>Its supervisor is gone, so the time limit is ours to keep.</summary>
    private void EndInTime(FollowedCommand command, FolderSight sight)
    {
        if (sight is not { Pid: { } pid, StartedAt: { } startedAt })
        {
            return;
        }

        var over = clock.GetUtcNow() - startedAt - command.TimeLimit;
        if (over > CommandOutput.Grace)
        {
            LivingProcess.Signal(pid, Libc.SigKill);
        }
        else if (over > TimeSpan.Zero)
        {
            LivingProcess.Signal(pid, Libc.SigTerm);
        }
    }
}

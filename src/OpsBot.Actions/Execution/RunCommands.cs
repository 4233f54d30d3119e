using System.Globalization;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Execution.Supervision;
using OpsBot.Contracts.Actions;
using OpsBot.Runtime.Redaction;
using OpsBot.Runtime.Text;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Execution;

/// <summary>A run's two commands: what they are told, and how they are followed while their output is shown.</summary>
internal sealed class RunCommands(RunFolders folders, CommandFollower follower, SupervisorLauncher launcher, RunBook book, IRedactor redactor, TimeProvider clock)
{
    private const string KeyVariable = "OPSBOT_IDEMPOTENCY_KEY";
    private const int ShownOutput = 4000;

    /// <summary>So much more than is shown that a secret of several lines that ends in what is shown also begins in what is redacted.</summary>
    private const int RedactedOutput = 128 * 1024;

    private static readonly TimeSpan ShowEvery = TimeSpan.FromSeconds(1);

    /// <summary>Specs of the command and its undo, as they were approved and under the lease that the run has.</summary>
    public static (CommandSpec Run, CommandSpec? Undo) Plan(RunWork work, CurrentBinding now)
    {
        CommandSpec Spec(PlannedCommand command, IReadOnlyDictionary<string, string> variables)
        {
            var told = command.With(variables);
            return new(told.Arguments, told.Environment, told.WorkingDirectory, (long)told.TimeLimit.TotalMilliseconds, told.OutputLimitBytes, now.Binding.Files);
        }

        var plan = now.Slot.Plan;
        var run = Spec(plan.Run, Environment(work.Run));
        return (
            plan.Long is { } followed ? run with { Terminal = followed.Terminal, Lines = followed.Lines } : run,
            // the variables of an undo on another machine stand in its line, and that is written when it is needed
            plan.Undo is null ? null : Spec(plan.Undo, plan.Undo.IsRemote ? new Dictionary<string, string>() : UndoEnvironment(work.Run)));
    }

    public static SortedDictionary<string, string> Environment(ActionRun run) => Environment(run, run.IdempotencyKey);

    /// <summary>Another key than the run's: a target that knows the run's key already must not take the undo for it.</summary>
    public static SortedDictionary<string, string> UndoEnvironment(ActionRun run) => Environment(run, UndoKey(run));

    /// <summary>Whether the command was intended and nobody has started it yet.</summary>
    public bool IsUnstarted(RunWork work) => CommandFollower.IsUnstarted(RunCommand(work));

    /// <summary>Sees to it that the command is never started; false where somebody was faster.</summary>
    public bool Forbid(RunWork work, string because) => follower.Forbid(RunCommand(work), because) is not null;

    /// <summary>The command or undo that is still at work here; null where none is.</summary>
    public PidRecord? AtWork(RunWork work)
    {
        // As if it had been seen: what was never started must not count as about to be.
        var sights = new[] { RunCommand(work), UndoCommand(work) }.Where(command => Directory.Exists(command.Folder.Path))
            .Select(command => command.Folder.Look(command.Digest, startSeen: true, command.Mark));
        return sights.FirstOrDefault(sight => sight.Progress is FolderProgress.Running or FolderProgress.Orphaned) is { } sight
            ? sight.Pid ?? new PidRecord("", 0, "", sight.StartedAt ?? clock.GetUtcNow())
            : null;
    }

    /// <summary>Waits until the command has ended; one that nobody has started is forbidden.</summary>
    public Task<FolderSight> AwaitEndAsync(RunWork work, CancellationToken cancellationToken)
    {
        Forbid(work, "it was given up before it was started");
        return follower.FollowAsync(RunCommand(work) with { StartSeen = true }, _ => Task.CompletedTask, cancellationToken);
    }

    /// <summary>Says how a long command ended, and what it printed that tells why.</summary>
    public void SayEnd(EffectScope scope, RunWork work, ExitRecord? exit)
    {
        if (work.Journal.Long is not null)
        {
            Say(scope, work.Run, LongRunNews.Ended(work.Run, exit, RunCommand(work).Folder.ReadLines(work.Journal.RunSpec ?? ""), clock.GetUtcNow()));
        }
    }

    public Task<(RunWork, FolderSight)> FollowRunAsync(RunWork work, HandlingContext context) => FollowAsync(
        work, context, "started", RunCommand(work),
        (current, sight) => current with
        {
            Journal = current.Journal with { RunSeen = true },
            Run = current.Run with { StartedAt = sight.StartedAt ?? clock.GetUtcNow() },
        },
        current => current.Journal.RunSeen);

    public Task<(RunWork, FolderSight)> FollowUndoAsync(RunWork work, HandlingContext context) => FollowAsync(
        work, context, "undo-started", UndoCommand(work),
        (current, _) => current with { Journal = current.Journal with { UndoSeen = true } },
        current => current.Journal.UndoSeen);

    private FollowedCommand RunCommand(RunWork work) => new(
        folders.Run(work.Run), work.Journal.RunSpec ?? "", $"{KeyVariable}={work.Run.IdempotencyKey}", work.Journal.RunSeen, TimeSpan.FromMilliseconds(work.Journal.RunLimitMs),
        work.Journal.Long is { Terminal: true });

    private FollowedCommand UndoCommand(RunWork work) => new(
        folders.Undo(work.Run), work.Journal.UndoSpec ?? "", $"{KeyVariable}={UndoKey(work.Run)}", work.Journal.UndoSeen, TimeSpan.FromMilliseconds(work.Journal.UndoLimitMs));

    private async Task<(RunWork, FolderSight)> FollowAsync(
        RunWork work, HandlingContext context, string kind, FollowedCommand command, Func<RunWork, FolderSight, RunWork> seen, Func<RunWork, bool> wasSeen)
    {
        var current = work;
        var shown = 0L;
        async Task ShowAsync(FolderSight sight)
        {
            var first = !wasSeen(current) && sight.Progress is FolderProgress.Running or FolderProgress.Orphaned;
            if (!first && shown != 0 && clock.GetElapsedTime(shown) < ShowEvery)
            {
                return;
            }

            shown = clock.GetTimestamp();
            var met = first ? seen(current, sight) : current;
            var (told, words) = News(met, command, sight, first);
            var next = met with { Run = met.Run with { OutputTail = Tail(command.Folder) }, Journal = met.Journal with { Told = told } };
            if (!first && words.Count == 0 && next.Run.OutputTail == current.Run.OutputTail)
            {
                return;
            }

            var before = current;
            await context.CommitStepAsync(async scope =>
            {
                await book.SaveAsync(scope, before, next);
                if (first)
                {
                    await book.NoteAsync(scope, next.Run, kind, Actors.OpsBot, ("pid", sight.Pid?.Pid.ToString(CultureInfo.InvariantCulture)), ("host", next.Run.Host));
                }

                foreach (var word in words)
                {
                    Say(scope, next.Run, word);
                }
            });
            current = next;
        }

        var end = await follower.FollowAsync(command, ShowAsync, context.CancellationToken);
        return (current with { Run = current.Run with { OutputTail = Tail(command.Folder) } }, end);
    }

    /// <summary>What there is to say of a long command now.</summary>
    private (ToldOfRun Told, IReadOnlyList<RunWord> Words) News(RunWork work, FollowedCommand command, FolderSight sight, bool isFirst)
    {
        if (work.Journal.Long is not { } followed || command.Digest != work.Journal.RunSpec)
        {
            return (work.Journal.Told, []);
        }

        if (isFirst && followed.Terminal)
        {
            return (work.Journal.Told, [LongRunNews.Begun(work.Run, launcher.CanAttach(command.Folder))]);
        }

        return command.Folder.ReadLines(command.Digest) is { } lines
            && LongRunNews.While(work.Run, work.Journal, lines, sight.Progress == FolderProgress.Running, clock.GetUtcNow()) is { Word: { } word } news
            ? (news.Told, [word])
            : (work.Journal.Told, []);
    }

    private void Say(EffectScope scope, ActionRun run, RunWord word) => RunBook.Reply(scope, run, word.Name, redactor.Redact(word.Text));

    /// <summary>Cut after redaction: a secret that is cut in two would not be known.</summary>
    private string Tail(RunFolder folder)
    {
        var text = redactor.Redact(Readable(folder.ReadOutput(RedactedOutput)));
        return text.Length <= ShownOutput ? text : $"…{text[^ShownOutput..]}";
    }

    /// <summary>Of a terminal's output what a person would see in the end; other output is left as it is.</summary>
    private static string Readable(string output) => output.AsSpan().IndexOfAny('\r', '\u001b') < 0
        ? output
        : string.Join('\n', output.Split('\n').Select(TerminalLine.Clean));

    private static string UndoKey(ActionRun run) => $"{run.IdempotencyKey}-undo";

    private static SortedDictionary<string, string> Environment(ActionRun run, string key) => new(StringComparer.Ordinal)
    {
        ["OPSBOT_RUN"] = run.Name,
        ["OPSBOT_FENCE"] = run.Fence.ToString(CultureInfo.InvariantCulture),
        [KeyVariable] = key,
    };
}

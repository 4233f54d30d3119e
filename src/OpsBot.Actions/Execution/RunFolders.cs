using System.Text.Json;
using Microsoft.Extensions.Options;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Execution.Supervision;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Engine;

namespace OpsBot.Actions.Execution;

/// <summary>Where runs keep their files: <c>runs/RUN-12/run</c> and <c>runs/RUN-12/undo</c> of the data folder, for our own account only.</summary>
internal sealed class RunFolders(IOptions<StoreOptions> options, TimeProvider clock)
{
    private const int LargestDraft = 4 << 20;

    private string Root => Path.Combine(Path.GetFullPath(options.Value.DataFolder), "runs");

    public RunFolder Run(ActionRun run) => new(Path.Combine(Home(run), "run"));

    public RunFolder Undo(ActionRun run) => new(Path.Combine(Home(run), "undo"));

    /// <summary>Writes the command's spec, and its undo as it may be needed later; returns both digests.</summary>
    public (string Run, string? Undo) Prepare(ActionRun run, CommandSpec command, CommandSpec? undo)
    {
        DurableFile.CreateFolder(Root);
        DurableFile.CreateFolder(Home(run));
        var digest = Run(run).Prepare(command, clock.GetUtcNow());
        if (undo is null)
        {
            return (digest, null);
        }

        var bytes = undo.ToBytes();
        DurableFile.Replace(Draft(run), bytes);
        return (digest, CommandSpec.DigestOf(bytes));
    }

    /// <summary>Makes the undo's own folder; null where what was approved cannot be read any more.</summary>
    /// <param name="isRemote">It runs on another machine, and so the variables have to get there.</param>
    public string? PrepareUndo(ActionRun run, string draftDigest, IReadOnlyDictionary<string, string> environment, bool isRemote)
    {
        if (DurableFile.TryRead(Draft(run), LargestDraft) is not { } bytes || CommandSpec.DigestOf(bytes) != draftDigest)
        {
            return null;
        }

        var draft = JsonSerializer.Deserialize(bytes, SupervisorJson.Default.CommandSpec)!;
        var undo = draft with
        {
            Arguments = isRemote ? RemoteLine.With(draft.Arguments, environment) : draft.Arguments,
            Environment = CommandEnvironment.Over(draft.Environment, environment),
        };
        return Undo(run).Prepare(undo, clock.GetUtcNow());
    }

    private string Home(ActionRun run) => Path.Combine(Root, run.Name);

    private string Draft(ActionRun run) => Path.Combine(Home(run), "undo.json");
}

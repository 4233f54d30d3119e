using OpsBot.Actions.Execution.Supervision;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.Execution;

/// <summary>The terminals of commands that are at work on this machine.</summary>
public sealed class RunTerminals
{
    private readonly RunFolders _folders;
    private readonly SupervisorLauncher _launcher;

    internal RunTerminals(RunFolders folders, SupervisorLauncher launcher) => (_folders, _launcher) = (folders, launcher);

    /// <summary>The vector by which a person attaches to a run's terminal.</summary>
    /// <param name="mayType">False to look only.</param>
    /// <exception cref="InvalidOperationException">There is none: says why, and what to do.</exception>
    public IReadOnlyList<string> Attach(ActionRun run, bool mayType)
    {
        var folder = _folders.Run(run);
        return _launcher.Tmux is not { } tmux ? throw new InvalidOperationException("tmux is in none of the folders of actions.path; install it. What is at work already goes on without.")
            : run.IsOver || run.Status is not RunStatus.Intended ? throw new InvalidOperationException($"{run.Name} is {run.Status.ToString().ToLowerInvariant()}: no command of it is at work. 'opsbot actions show' has what it printed.")
            : !File.Exists(folder.Tmux) ? throw new InvalidOperationException($"{run.Name} has no terminal here: {(run.Host is { } host ? $"it is at work on {host}, and" : "")} its action needs 'terminal: true'. Look on that machine, with its data folder.")
            : [tmux, "-S", folder.Tmux, "attach-session", .. mayType ? Array.Empty<string>() : ["-r"], "-t", SupervisorLauncher.Session];
    }
}

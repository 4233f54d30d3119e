using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Knowledge.Runbooks;

namespace OpsBot.Knowledge;

/// <summary>The runbooks of the configured folders. Read on first use and again when <see cref="Reload"/> is called.</summary>
public sealed partial class RunbookLibrary(IOptions<RunbookOptions> options, ILogger<RunbookLibrary> logger) : IRunbookFinder
{
    private readonly Lock _loading = new();
    private volatile Loaded? _loaded;

    /// <summary>Everything that was read.</summary>
    public IReadOnlyList<Runbook> Runbooks => Current().Index.Runbooks;

    /// <summary>Files that were not taken, and why.</summary>
    public IReadOnlyList<RunbookProblem> Problems => Current().Problems;

    public IReadOnlyList<RunbookMatch> Find(RunbookQuery query, int limit) => Current().Index.Find(query, limit);

    /// <summary>Reads the folders anew. Searches that are under way end on the old set.</summary>
    public void Reload(CancellationToken cancellationToken = default)
    {
        lock (_loading)
        {
            _loaded = Load(cancellationToken);
        }
    }

    private Loaded Current()
    {
        if (_loaded is { } ready)
        {
            return ready;
        }
        lock (_loading)
        {
            return _loaded ??= Load(CancellationToken.None);
        }
    }

    private Loaded Load(CancellationToken cancellationToken)
    {
        var runbooks = new List<Runbook>();
        var problems = new List<RunbookProblem>();
        foreach (var folder in options.Value.Folders.Distinct(StringComparer.Ordinal))
        {
            var (read, wrong) = RunbookFolder.Read(folder, options.Value, cancellationToken);
            runbooks.AddRange(read);
            problems.AddRange(wrong);
        }
        foreach (var problem in problems)
        {
            LogProblem(problem);
        }
        LogLoaded(runbooks.Count, options.Value.Folders.Count, problems.Count);
        return new Loaded(new RunbookIndex(runbooks, options.Value.Floor), problems);
    }

    // a file, a line of it, or a folder: the problem says which
    [LoggerMessage(5101, LogLevel.Warning, "Not used as a runbook: {Problem}")]
    private partial void LogProblem(RunbookProblem problem);

    [LoggerMessage(5102, LogLevel.Information, "Read {Count} runbooks of {Folders} folders, {Problems} were not taken")]
    private partial void LogLoaded(int count, int folders, int problems);

    private sealed record Loaded(RunbookIndex Index, IReadOnlyList<RunbookProblem> Problems);
}

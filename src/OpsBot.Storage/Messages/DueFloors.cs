namespace OpsBot.Storage.Messages;

/// <summary>
/// Since when a sender's rows of a kind wait, as last seen. PostgreSQL's index leads over all that was ever handled until it is vacuumed, and a look from its
/// beginning costs more the more there was: looks between begin a little before what the last one found. What comes in below that (a lease given back, the first
/// row ever of a sender) is found by the next look from the beginning.
/// </summary>
internal sealed class DueFloors
{
    /// <summary>How long something may stay unseen that only a look from the beginning finds.</summary>
    public static readonly TimeSpan FromBeginningEvery = TimeSpan.FromMilliseconds(250);

    // Hosts commit in another order than their rows are due.
    private const long LateCommitMs = 500;

    private readonly Dictionary<(string Kind, string Source), long> _since = [];
    private long _fromBeginning = long.MinValue;

    /// <summary>A look from the beginning is due.</summary>
    public bool IsOld(long now) => _fromBeginning == long.MinValue || now < _fromBeginning || now - _fromBeginning >= (long)FromBeginningEvery.TotalMilliseconds;

    /// <summary>The last look was from the beginning: nothing that was due went unseen.</summary>
    public bool SawAll { get; set; } = true;

    public IReadOnlyCollection<KeyValuePair<(string Kind, string Source), long>> All => _since;

    /// <summary>Where a look for the pair begins.</summary>
    public long Of(string kind, string source) => _since.GetValueOrDefault((kind, source), long.MinValue);

    /// <summary>What a look from the beginning found.</summary>
    public void Reset(IEnumerable<(string Kind, string Source, long Due)> found, long now)
    {
        // Pairs of which nothing waits are kept: what comes next in them is looked for where the last one was.
        foreach (var (kind, source, due) in found)
        {
            Raise(kind, source, due);
        }

        _fromBeginning = now;
    }

    /// <summary>The next look is from the beginning.</summary>
    public void Age() => _fromBeginning = long.MinValue;

    public void Raise(string kind, string source, long due) => _since[(kind, source)] = due - LateCommitMs;
}

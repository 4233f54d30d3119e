using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Flow;
using OpsBot.Incidents.Timeline;

namespace OpsBot.Incidents.Correlation;

/// <summary>Where an alert belongs.</summary>
public abstract record JoinDecision
{
    private JoinDecision()
    {
    }

    /// <summary>To an incident that stands, or that it reopens.</summary>
    /// <param name="Reason"><c>incident-key</c>, <c>fingerprint</c> or <c>score</c>.</param>
    /// <param name="Score">0 to 1; 1 for a key or fingerprint.</param>
    /// <param name="Parts">What the score is made of, in words.</param>
    public sealed record Join(long IncidentId, string Reason, double Score, IReadOnlyList<string> Parts) : JoinDecision;

    /// <summary>To a new incident.</summary>
    /// <param name="Score">Score of the nearest incident, below the threshold; 0 where there was none.</param>
    /// <param name="Parts">Why the nearest one was not near enough.</param>
    public sealed record Open(double Score, IReadOnlyList<string> Parts) : JoinDecision;

    /// <summary>Nowhere.</summary>
    /// <param name="Remember">
    /// True for a resolve of an alert that nobody knows: keep (source, incident key, fingerprint, <see cref="SenderClock.TimeOf"/>) for the
    /// length of the reopen window and give it as <see cref="CorrelationCandidates.ResolvedEarlier"/>, in case its firing event comes late.
    /// </param>
    public sealed record Ignore(string Reason, bool Remember) : JoinDecision;

    /// <summary>The record that <c>why</c> shows; null for an alert that is ignored.</summary>
    public IncidentJoin? ToJoin(AlertReported alert, DateTimeOffset at)
    {
        var title = PlainText.OneLine(alert.Title, Facts.Title);
        return this switch
        {
            Join join => new(at, alert.Source, alert.Fingerprint, title, join.Reason, join.Score, join.Parts),
            Open open => new(at, alert.Source, alert.Fingerprint, title, "opened", open.Score, open.Parts),
            _ => null,
        };
    }
}

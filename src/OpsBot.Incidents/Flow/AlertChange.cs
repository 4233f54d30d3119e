using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Incidents.Flow;

/// <summary>What an event is to the alert that it speaks of.</summary>
internal enum AlertNews
{
    /// <summary>The first event of the alert in this incident.</summary>
    First,

    /// <summary>Newer than what is known, with another status.</summary>
    Moved,

    /// <summary>The same status once more.</summary>
    Repeat,

    /// <summary>Older than what is known: it moves nothing.</summary>
    Late,
}

/// <summary>The record of an alert after an event, and what the event was to it.</summary>
internal sealed record AlertChange(IncidentAlert Record, IncidentAlert? Before, AlertNews News)
{
    public SeverityLevel Severity => SeverityLevels.Of(Record.Severity);

    /// <summary>
    /// Orders by (sender's time, rank of the status): at the same instant resolved wins over acknowledged over firing, so that the outcome
    /// does not depend on the order of arrival.
    /// </summary>
    /// <param name="previous">What the incident knows of this (source, incident key).</param>
    public static AlertChange Of(IncidentAlert? previous, AlertReported alert)
    {
        var said = Said(alert);
        if (previous is null)
            return new(said, null, AlertNews.First);

        var order = (said.LastAt, said.Status).CompareTo((previous.LastAt, previous.Status));
        var (newer, older) = order < 0 ? (previous, said) : (said, previous);
        var record = Merged(newer, older) with
        {
            Fingerprint = previous.Fingerprint,
            Count = Math.Min(previous.Count, int.MaxValue - 1) + 1,
            FirstAt = said.FirstAt < previous.FirstAt ? said.FirstAt : previous.FirstAt,
            ReceivedAt = order > 0 ? said.ReceivedAt : previous.ReceivedAt,
        };
        if (order < 0)
            return new(record, previous, AlertNews.Late);
        if (said.LastAt == previous.LastAt && SeverityLevels.Of(previous.Severity) < SeverityLevels.Of(record.Severity))
            record = record with { Severity = previous.Severity };
        return new(record, previous, previous.Status == alert.Status ? AlertNews.Repeat : AlertNews.Moved);
    }

    private static IncidentAlert Said(AlertReported alert)
    {
        var time = SenderClock.TimeOf(alert);
        var start = SenderClock.StartOf(alert);
        return Facts.Bounded(new(
            alert.Source, alert.IncidentKey, alert.Fingerprint.Length > 0 ? alert.Fingerprint : alert.IncidentKey, alert.Title, alert.Service,
            alert.Severity, alert.Status, 1, start < time ? start.Value : time, time, alert.Labels, alert.Links, alert.RunbookUrl, alert.Summary,
            alert.Description, alert.Expression)
        {
            ReceivedAt = alert.ReceivedAt,
            GroupKey = alert.GroupKey,
        });
    }

    /// <summary>What the newer says, and for what it leaves blank what the older did.</summary>
    private static IncidentAlert Merged(IncidentAlert newer, IncidentAlert older) => newer with
    {
        Title = newer.Title.Length > 0 ? newer.Title : older.Title,
        Service = newer.Service ?? older.Service,
        Severity = newer.Severity ?? older.Severity,
        Labels = newer.Labels.Count > 0 ? newer.Labels : older.Labels,
        Links = newer.Links.Count > 0 ? newer.Links : older.Links,
        RunbookUrl = newer.RunbookUrl ?? older.RunbookUrl,
        Summary = newer.Summary ?? older.Summary,
        Description = newer.Description ?? older.Description,
        Expression = newer.Expression ?? older.Expression,
        GroupKey = newer.GroupKey ?? older.GroupKey,
    };
}

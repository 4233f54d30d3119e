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

    /// <summary>Of an incident key that a newer one of the same alert has replaced: it moves nothing.</summary>
    Superseded,
}

/// <summary>The record of an alert after an event, and what the event was to it.</summary>
internal sealed record AlertChange(IncidentAlert Record, IncidentAlert? Before, AlertNews News)
{
    public SeverityLevel Severity => SeverityLevels.Of(Record.Severity);

    /// <summary>
    /// Orders by (sender's time, rank of the status): at the same instant resolved wins over acknowledged over firing, so that the outcome
    /// does not depend on the order of arrival. A later incident key of the same fingerprint replaces an earlier one, by when each began.
    /// </summary>
    public static AlertChange Of(IncidentAlert? previous, AlertReported alert)
    {
        var time = SenderClock.TimeOf(alert);
        // An incident key that names several alerts: another one of them firing is an alert of its own.
        if (previous is null || (alert.Status == AlertStatus.Firing && !Same(previous.Fingerprint, FingerprintOf(alert))))
            return new(First(alert, time), null, AlertNews.First);

        var known = previous with { Count = Math.Min(previous.Count, int.MaxValue - 1) + 1 };
        if (!Same(previous.IncidentKey, alert.IncidentKey))
        {
            return BeganLater(alert, time, previous)
                ? new(TakeOver(known, alert, time), previous, previous.Status == alert.Status ? AlertNews.Repeat : AlertNews.Moved)
                : new(known, previous, AlertNews.Superseded);
        }

        var order = (time, alert.Status).CompareTo((previous.LastAt, previous.Status));
        if (order < 0)
            return new(FillBlanks(known, alert, time), previous, AlertNews.Late);
        var record = Newer(known, alert, time);
        if (time == previous.LastAt && SeverityLevels.Of(previous.Severity) < SeverityLevels.Of(record.Severity))
            record = record with { Severity = previous.Severity };
        return new(record, previous, previous.Status == alert.Status ? AlertNews.Repeat : AlertNews.Moved);
    }

    private static IncidentAlert First(AlertReported alert, DateTimeOffset time) =>
        Facts.Bounded(new(
            alert.Source, alert.IncidentKey, FingerprintOf(alert), alert.Title, alert.Service, alert.Severity, alert.Status, 1,
            Earlier(SenderClock.StartOf(alert), time), time, alert.Labels, alert.Links, alert.RunbookUrl, alert.Summary, alert.Description,
            alert.Expression));

    /// <summary>What the newer event says, and for what it leaves blank what was known.</summary>
    private static IncidentAlert Newer(IncidentAlert known, AlertReported alert, DateTimeOffset time)
    {
        var said = First(alert, time);
        return said with
        {
            Fingerprint = known.Fingerprint,
            Count = known.Count,
            FirstAt = Earlier(known.FirstAt, said.FirstAt),
            Title = said.Title.Length > 0 ? said.Title : known.Title,
            Service = said.Service ?? known.Service,
            Severity = said.Severity ?? known.Severity,
            Labels = said.Labels.Count > 0 ? said.Labels : known.Labels,
            Links = said.Links.Count > 0 ? said.Links : known.Links,
            RunbookUrl = said.RunbookUrl ?? known.RunbookUrl,
            Summary = said.Summary ?? known.Summary,
            Description = said.Description ?? known.Description,
            Expression = said.Expression ?? known.Expression,
        };
    }

    private static IncidentAlert TakeOver(IncidentAlert known, AlertReported alert, DateTimeOffset time) =>
        Newer(known, alert, time) with { FirstAt = Earlier(SenderClock.StartOf(alert), time) };

    private static IncidentAlert FillBlanks(IncidentAlert known, AlertReported alert, DateTimeOffset time)
    {
        var said = First(alert, time);
        return known with
        {
            FirstAt = Earlier(known.FirstAt, said.FirstAt),
            Title = known.Title.Length > 0 ? known.Title : said.Title,
            Service = known.Service ?? said.Service,
            Severity = known.Severity ?? said.Severity,
            Labels = known.Labels.Count > 0 ? known.Labels : said.Labels,
            Links = known.Links.Count > 0 ? known.Links : said.Links,
            RunbookUrl = known.RunbookUrl ?? said.RunbookUrl,
            Summary = known.Summary ?? said.Summary,
            Description = known.Description ?? said.Description,
            Expression = known.Expression ?? said.Expression,
        };
    }

    private static bool BeganLater(AlertReported alert, DateTimeOffset time, IncidentAlert previous)
    {
        // Without a start only a firing event tells when its incident began.
        var start = SenderClock.StartOf(alert) ?? (alert.Status == AlertStatus.Firing ? time : DateTimeOffset.MinValue);
        var order = start.CompareTo(previous.FirstAt);
        return order > 0 || (order == 0 && string.CompareOrdinal(alert.IncidentKey, previous.IncidentKey) > 0);
    }

    private static string FingerprintOf(AlertReported alert) => alert.Fingerprint.Length > 0 ? alert.Fingerprint : alert.IncidentKey;

    private static DateTimeOffset Earlier(DateTimeOffset? a, DateTimeOffset b) => a is { } time && time < b ? time : b;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);
}

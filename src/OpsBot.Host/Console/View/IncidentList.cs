using System.Globalization;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;

namespace OpsBot.Host.WebConsole.View;

/// <summary>Which incidents the list shows.</summary>
public enum IncidentFilter
{
    Active,
    Open,
    Acknowledged,
    Resolved,
    All,
}

/// <summary>One page of the list.</summary>
/// <param name="Page">Counts from 1.</param>
public sealed record IncidentList(
    IncidentFilter Filter, IncidentCounts Counts, IReadOnlyList<IncidentRow> Rows, int Page, bool HasNext)
{
    public const int PageSize = 50;
    public const int LastPage = 10_000;

    public long CountOf(IncidentFilter filter) => filter switch
    {
        IncidentFilter.Active => Counts.Open + Counts.Acknowledged,
        IncidentFilter.Open => Counts.Open,
        IncidentFilter.Acknowledged => Counts.Acknowledged,
        IncidentFilter.Resolved => Counts.Resolved,
        _ => Counts.Open + Counts.Acknowledged + Counts.Resolved,
    };

    /// <summary>The count as it is shown: exact as far as it was counted.</summary>
    public string Shown(IncidentFilter filter) => CountOf(filter) > IncidentCounts.CountedTo
        ? $"{IncidentCounts.CountedTo.ToString("N0", CultureInfo.InvariantCulture)}+"
        : CountOf(filter).ToString(CultureInfo.InvariantCulture);

    public string Link(IncidentFilter filter, int page = 1)
    {
        var query = new List<string>();
        if (filter != IncidentFilter.Active) query.Add($"status={Word(filter)}");
        if (page > 1) query.Add(FormattableString.Invariant($"page={page}"));
        return query.Count == 0 ? "/" : "/?" + string.Join('&', query);
    }

    public static string Word(IncidentFilter filter) => filter.ToString().ToLowerInvariant();

    /// <summary>The statuses that a filter lets through; empty for all.</summary>
    public static IReadOnlyCollection<IncidentStatus> StatusesOf(IncidentFilter filter) => filter switch
    {
        IncidentFilter.Active => [IncidentStatus.Open, IncidentStatus.Acknowledged],
        IncidentFilter.Open => [IncidentStatus.Open],
        IncidentFilter.Acknowledged => [IncidentStatus.Acknowledged],
        IncidentFilter.Resolved => [IncidentStatus.Resolved],
        _ => [],
    };
}

/// <summary>One incident of the list with its newest diagnosis in short.</summary>
public sealed record IncidentRow(Incident Incident, DiagnosisBrief? Diagnosis);

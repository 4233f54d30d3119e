using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Timeline;

namespace OpsBot.Incidents.Flow;

/// <summary>Bounds what an incident keeps of an alert. The delivery itself is kept raw elsewhere.</summary>
internal static class Facts
{
    public const int Title = 300;
    public const int Name = 200;
    private const int Labels = 64;
    private const int Links = 20;

    public static IncidentAlert Bounded(IncidentAlert alert) => alert with
    {
        Title = PlainText.OneLine(alert.Title, Title),
        Service = PlainText.OneLineOrNull(alert.Service, Name),
        Severity = PlainText.OneLineOrNull(alert.Severity, 60),
        Labels = Bounded(alert.Labels),
        Links = alert.Links.Count <= Links && alert.Links.All(link => link.Length <= 2000)
            ? alert.Links
            : [.. alert.Links.Where(link => link.Length <= 2000).Take(Links)],
        RunbookUrl = alert.RunbookUrl is { Length: > 0 and <= 2000 } ? alert.RunbookUrl : null,
        Summary = Blank(PlainText.Cut(alert.Summary, 2000)),
        Description = Blank(PlainText.Cut(alert.Description, 4000)),
        Expression = Blank(PlainText.Cut(alert.Expression, 4000)),
    };

    private static IReadOnlyDictionary<string, string> Bounded(IReadOnlyDictionary<string, string> labels)
    {
        if (labels.Count <= Labels && labels.All(label => label.Key.Length <= Name && label.Value.Length <= 500))
            return labels;
        // By name, so that which ones stay does not depend on the order of the payload.
        return labels.Where(label => label.Key.Length <= Name)
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .Take(Labels)
            .ToDictionary(label => label.Key, label => PlainText.Cut(label.Value, 500)!, StringComparer.Ordinal);
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

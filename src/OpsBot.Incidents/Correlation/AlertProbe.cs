using OpsBot.Contracts.Events;
using OpsBot.Runtime.Text;

namespace OpsBot.Incidents.Correlation;

/// <summary>An alert made ready for comparing with many others: tokens and labels read once, within bounds.</summary>
internal sealed record AlertProbe(
    DateTimeOffset Time, string? Service, IReadOnlyList<WeighedLabel> Labels, IReadOnlySet<string> Tokens, (string Source, string Key)? Group)
{
    public static AlertProbe Of(AlertReported alert, DateTimeOffset time) => new(
        time, ServiceNames.Of(alert.Service, alert.Labels), LabelWeights.Of(alert.Labels), TextTokens.Of(alert.Title, alert.Summary),
        alert.GroupKey is { } key ? (alert.Source, key) : null);

    public static AlertProbe Of(AlertSketch alert) => new(
        default, ServiceNames.Of(alert.Service, alert.Labels), LabelWeights.Of(alert.Labels), TextTokens.Of(alert.Title, alert.Summary), alert.Group);
}

using System.Text;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Runtime.Redaction;
using OpsBot.Watches.Ticks;

namespace OpsBot.Handlers.Chat;

/// <summary>
/// The chart that goes with what is said: of a diagnosis that of the first observation which its first cause cites and which has one, of a watch its curves.
/// </summary>
internal static class ReplyCharts
{
    public static IReadOnlyList<ReplyAttachment> Of(IncidentDetail detail, PostSurfaceReply reply, IRedactor redactor)
    {
        var replyKind = reply.ReplyKind;
        if (replyKind == WatchNews.ReplyKind)
        {
            return detail.Watches.FirstOrDefault(watch => reply.DeliveryId.Contains($"/{watch.Name}/", StringComparison.Ordinal)) is { } watched
                ? [.. WatchWords.Charts(watched).Select(curve => ChartShape.Of(curve with { Name = redactor.Redact(curve.Name) }, watched.Reading.BySteps)).OfType<ChartShape>().Select(Attachment)]
                : [];
        }

        if (replyKind != "diagnosis" || detail.Diagnosis is not { Report: var report })
            return [];
        var cited = report.Causes.OrderBy(cause => cause.Rank).Take(1).SelectMany(cause => cause.Evidence).ToList();
        return report.Evidence.Where(evidence => cited.Contains(evidence.Id)).OrderBy(evidence => cited.IndexOf(evidence.Id))
            .Select(evidence => evidence.Chart)
            .FirstOrDefault(chart => chart is not null && ChartShape.Of(chart) is not null) is { } found
            ? [Attachment(ChartShape.Of(found with { Name = redactor.Redact(found.Name) })!)]
            : [];
    }

    private static ReplyAttachment Attachment(ChartShape shape) =>
        new("chart.svg", "image/svg+xml", Encoding.UTF8.GetBytes(ChartSvg.Write(shape)), PlainText.Line(shape.Words, CardLimits.Excerpt));
}

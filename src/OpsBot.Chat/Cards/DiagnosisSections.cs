using System.Globalization;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;
using static OpsBot.Chat.Cards.CardText;

namespace OpsBot.Chat.Cards;

/// <summary>The sections of a card that come from the newest diagnosis.</summary>
internal static class DiagnosisSections
{
    public static IEnumerable<CardSection?> Of(IncidentDetail detail)
    {
        var running = CardBuilder.DiagnosisIsRunning(detail);
        if (detail.Diagnosis is not { Report: var report })
        {
            if (running) yield return Plain("Cause", "Diagnosis is running.");
            yield break;
        }

        yield return report.Causes.Count == 0 ? Abstained(report, running) : Causes(report, running);
        yield return Evidence(report);
        yield return Runbook(report.Runbook);
        yield return NextSteps(report);
    }

    private static CardSection Causes(DiagnosisReport report, bool running)
    {
        var lines = report.Causes.OrderBy(c => c.Rank).Take(1 + CardLimits.OtherCauses).Select(Line).ToList();
        var more = report.Causes.Count - lines.Count;
        return new CardSection(
            CardSectionKind.Cause,
            running ? "Likely cause (a newer diagnosis is running)" : "Likely cause",
            lines,
            more > 0 ? Wording.Count(more, "less likely cause") : null);
    }

    private static CardLine Line(Cause cause) => new(
        Own(Wording.Percent(cause.Confidence)),
        PlainText.Line(cause.Statement, CardLimits.Statement),
        PlainText.Line(Where(cause), CardLimits.Detail));

    /// <summary><c>deploy · checkout · deployment/checkout · change d-42 · E1, E3</c>.</summary>
    internal static string Where(Cause cause)
    {
        string?[] parts =
        [
            cause.Kind.ToString().ToLowerInvariant(),
            cause.Service,
            cause.Instance,
            cause.Object,
            cause.Change is { Length: > 0 } change ? $"change {change}" : null,
            cause.Metric is { Length: > 0 } metric ? $"metric {metric}" : null,
            cause.Evidence.Count > 0 ? string.Join(", ", cause.Evidence) : null,
        ];
        return string.Join(" · ", parts.Where(p => !string.IsNullOrWhiteSpace(p)).Distinct(StringComparer.Ordinal));
    }

    private static CardSection Abstained(DiagnosisReport report, bool running)
    {
        var lines = new List<CardLine> { new(default, PlainText.Line(report.SummaryWithoutRunbook(), CardLimits.Statement)) };
        lines.AddRange(report.LookedAt.Take(CardLimits.LookedAt)
            .Select(l => new CardLine(Own("looked at"), PlainText.Line(l, CardLimits.Detail))));
        lines.AddRange(report.NotAvailable.Take(CardLimits.Unavailable)
            .Select(p => new CardLine(Own(p.Partial ? "in part" : "missing"), PlainText.Line($"{p.Source}: {p.Reason}", CardLimits.Detail))));
        return new CardSection(
            CardSectionKind.Cause, running ? "No cause named (a newer diagnosis is running)" : "No cause named", lines);
    }

    private static CardSection? Evidence(DiagnosisReport report)
    {
        var cited = report.Causes.OrderBy(c => c.Rank).SelectMany(c => c.Evidence).Distinct(StringComparer.Ordinal)
            .Select((id, order) => (id, order)).ToDictionary(p => p.id, p => p.order, StringComparer.Ordinal);
        var ordered = report.Evidence.OrderBy(e => cited.GetValueOrDefault(e.Id, int.MaxValue)).ToList();
        return Section(CardSectionKind.Evidence, "Evidence", ordered, CardLimits.Evidence, "observation", e => new CardLine(
            PlainText.Line(e.Id, 12),
            OneLine(e.Excerpt),
            PlainText.Line(Source(e), CardLimits.Detail)));
    }

    /// <summary>The lines of an excerpt, told apart in one: run together, a diff or a table reads as nonsense.</summary>
    private static PlainText OneLine(string excerpt) => PlainText.Line(
        string.Join(" / ", PlainText.Block(excerpt, CardLimits.Excerpt).Value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        CardLimits.Excerpt);

    private static string Source(EvidenceItem item)
    {
        var at = DateTimeOffset.TryParse(item.At, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? Wording.Utc(time)
            : null;
        string?[] parts =
        [
            item.Source.ToString().ToLowerInvariant(),
            at,
            item.Trust == TrustLabel.Untrusted ? Wording.Word(item.Trust) : null,
            item.Query,
        ];
        return string.Join(" · ", parts.Where(p => !string.IsNullOrWhiteSpace(p)));
    }

    private static CardSection? Runbook(RunbookMatch? runbook) => runbook is null
        ? null
        : new CardSection(CardSectionKind.Runbook, "Runbook",
        [
            new CardLine(default, PlainText.Line(runbook.Title, CardLimits.Title), PlainText.Line(runbook.Path, CardLimits.Detail)),
            new CardLine(Own("first"), PlainText.Line(runbook.FirstStep, CardLimits.Statement)),
        ]);

    private static CardSection? NextSteps(DiagnosisReport report) => Section(
        CardSectionKind.NextSteps, "Worth doing (nothing runs from here)", report.Proposals, CardLimits.NextSteps, "suggestion",
        p => new CardLine(
            default,
            PlainText.Line(string.IsNullOrWhiteSpace(p.Target) ? p.Action : $"{p.Action}: {p.Target}", CardLimits.Excerpt),
            PlainText.Line($"{Wording.Word(p.Risk)} · {p.Why}", CardLimits.Detail)));

    private static CardSection Plain(string heading, string words) =>
        new(CardSectionKind.Cause, heading, [new CardLine(default, Own(words))]);
}

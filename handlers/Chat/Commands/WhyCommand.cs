using System.Globalization;
using System.Text;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Why this cause, and why these alerts are one incident.</summary>
public sealed class WhyCommand(WhichIncident which) : IChatCommand
{
    private const int MostEvidence = 5;
    private const int MostJoins = 6;

    public string Word => "why";

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken)
    {
        var (detail, problem) = await which.FindAsync(asked, mayGuess: true, cancellationToken);
        if (detail is null)
            return ChatDeed.Say(problem!, onlyAsker: true);
        var text = new StringBuilder();
        Cause(text, detail);
        Merge(text, detail);
        return ChatDeed.Say(text.ToString().TrimEnd());
    }

    private static void Cause(StringBuilder text, IncidentDetail detail)
    {
        if (detail.Diagnosis is not { Report: var report } diagnosis)
        {
            text.Append(CultureInfo.InvariantCulture, $"{detail.Incident.Name} has no diagnosis yet{(CardBuilder.DiagnosisIsRunning(detail) ? "; one is running." : "; 'diagnose' asks for one.")}\n");
            return;
        }

        if (report.Causes.Count == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"No cause is named: {report.SummaryWithoutRunbook()}\n");
            foreach (var looked in report.LookedAt.Take(MostEvidence))
                text.Append(CultureInfo.InvariantCulture, $"- looked at {looked}\n");
            foreach (var missing in report.NotAvailable.Take(MostEvidence))
                text.Append(CultureInfo.InvariantCulture, $"- {(missing.Partial ? "only in part" : "not available")}: {missing.Source}, {missing.Reason}\n");
            return;
        }

        var ranked = report.Causes.OrderBy(cause => cause.Rank).ToList();
        text.Append(CultureInfo.InvariantCulture, $"Likeliest ({Wording.Percent(ranked[0].Confidence)}, as of {Wording.Utc(diagnosis.At)}): {ranked[0].Statement}\n");
        foreach (var evidence in report.Evidence.Where(evidence => ranked[0].Evidence.Contains(evidence.Id)).Take(MostEvidence))
            text.Append(CultureInfo.InvariantCulture, $"- {evidence.Id} ({Wording.Word(evidence.Trust)}; {Short(evidence.Query)}): {Short(evidence.Excerpt)}\n");
        foreach (var cause in ranked.Skip(1).Take(2))
            text.Append(CultureInfo.InvariantCulture, $"Less likely ({Wording.Percent(cause.Confidence)}): {cause.Statement} [{string.Join(", ", cause.Evidence.Take(5))}]\n");
    }

    private static void Merge(StringBuilder text, IncidentDetail detail)
    {
        if (detail.Joins.Count <= 1)
            return;
        text.Append("One incident, because:\n");
        foreach (var join in detail.Joins.Take(MostJoins))
            text.Append(CultureInfo.InvariantCulture, $"- {Short(join.Title)} ({join.Source}): {Reason(join)}\n");
        if (detail.Joins.Count > MostJoins)
            text.Append(CultureInfo.InvariantCulture, $"- and {detail.Joins.Count - MostJoins} more; 'split' takes out what does not belong.\n");
    }

    private static string Reason(IncidentJoin join) => join.Reason switch
    {
        "opened" => "opened it",
        "incident-key" => "its sender's own incident",
        "fingerprint" => "the same alert as before",
        "score" => string.Create(CultureInfo.InvariantCulture, $"likeness {join.Score:0.00} ({string.Join(", ", join.Parts)})"),
        _ => string.Join(", ", join.Parts),
    };

    private static string Short(string text) => PlainText.Line(text, CardLimits.Excerpt).Value;
}

using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Chat.Cards;

/// <summary>
/// Takes secrets out of everything that is shown of an incident. To be done before a card or a page is made:
/// a secret that was cut in half is no longer recognised.
/// </summary>
public static class IncidentRedaction
{
    // nothing shows more than this of one text; what is longer is cut before it costs the redactor time
    private const int Longest = 32 * 1024;

    public static IncidentDetail Redacted(this IncidentDetail detail, IRedactor redactor)
    {
        return detail with
        {
            Incident = detail.Incident.Redacted(redactor),
            Alerts = detail.Alerts.Select(Alert).ToList(),
            Joins = detail.Joins.Select(j => j with { Title = Clean(j.Title), Parts = j.Parts.Select(Clean).ToList() }).ToList(),
            Timeline = detail.Timeline.Select(t => t with { Text = Clean(t.Text) }).ToList(),
            Diagnosis = detail.Diagnosis is { } d ? d with { Report = Report(d.Report) } : null,
            SeenBefore = detail.SeenBefore.Select(s => s with
            {
                Title = Clean(s.Title),
                Why = Clean(s.Why),
                Fixed = s.Fixed.Select(Run).ToList(),
                DidNotHelp = s.DidNotHelp.Select(Run).ToList(),
            }).ToList(),
            Replies = detail.Replies.Select(r => r with { Text = Clean(r.Text) }).ToList(),
            Proposals = detail.Proposals.Select(p => p.Redacted(redactor)).ToList(),
            Watches = detail.Watches.Select(w => w.Redacted(redactor)).ToList(),
        };

        OutcomeRun Run(OutcomeRun r) => r with { Title = Clean(r.Title), Target = Clean(r.Target), Reason = Maybe(r.Reason) };

        IncidentAlert Alert(IncidentAlert a) => a with
        {
            Title = Clean(a.Title),
            Summary = Maybe(a.Summary),
            Description = Maybe(a.Description),
            Expression = Maybe(a.Expression),
            RunbookUrl = Maybe(a.RunbookUrl),
            Links = a.Links.Select(Clean).ToList(),
            Labels = a.Labels.ToDictionary(l => l.Key, l => Clean(l.Value), StringComparer.Ordinal),
        };

        DiagnosisReport Report(DiagnosisReport r) => r with
        {
            Summary = Clean(r.Summary),
            Causes = r.Causes.Select(c => c with { Statement = Clean(c.Statement) }).ToList(),
            Evidence = r.Evidence.Select(e => e with { Query = Clean(e.Query), Excerpt = Clean(e.Excerpt) }).ToList(),
            Proposals = r.Proposals.Select(p => p with { Action = Clean(p.Action), Target = Clean(p.Target), Why = Clean(p.Why) }).ToList(),
            LookedAt = r.LookedAt.Select(Clean).ToList(),
            NotAvailable = r.NotAvailable.Select(n => n with { Reason = Clean(n.Reason) }).ToList(),
        };

        string Clean(string text) => Clear(text, redactor);
        string? Maybe(string? text) => text is null ? null : Clear(text, redactor);
    }

    public static Incident Redacted(this Incident incident, IRedactor redactor) =>
        incident with { Title = Clear(incident.Title, redactor) };

    private static string Clear(string text, IRedactor redactor) =>
        redactor.Redact(text.Length > Longest ? text[..Longest] : text);
}

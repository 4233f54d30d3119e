using System.Globalization;
using OpsBot.Contracts.Incidents;
using static OpsBot.Chat.Cards.CardText;

namespace OpsBot.Chat.Cards;

/// <summary>Makes the status card of an incident. Pure: the same detail gives the same card, whatever the time.</summary>
public static class CardBuilder
{
    /// <summary>The card of an incident, every text of it cleaned and cut to <see cref="CardLimits"/>.</summary>
    public static StatusCard Build(IncidentDetail detail)
    {
        var incident = detail.Incident;
        var diagnosis = DiagnosisSections.Of(detail).ToList();
        CardSection?[] sections =
        [
            Notices(detail),
            // what it is, what can be done about it, then what the first is known from
            .. diagnosis.Take(1),
            WatchSections.Of(detail.Watches),
            .. ProposalSections.Of(detail),
            .. diagnosis.Skip(1),
            SeenBefore(detail),
            Timeline(detail),
        ];
        return new StatusCard(
            incident.Name,
            TitleOf(incident),
            incident.Severity,
            incident.Status,
            Wording.State(incident),
            Facts(incident).ToList(),
            sections.OfType<CardSection>().ToList())
        {
            Decisions = ProposalSections.Decisions(detail),
        };
    }

    /// <summary>The title as it is shown everywhere; an incident whose alert had none says so.</summary>
    public static PlainText TitleOf(Incident incident)
    {
        var title = PlainText.Line(incident.Title, CardLimits.Title);
        return title.IsEmpty ? Own("(no title)") : title;
    }

    /// <summary>True while a diagnosis newer than the one shown has been asked for and the incident is not over.</summary>
    public static bool DiagnosisIsRunning(IncidentDetail detail) =>
        detail.Incident.Status != IncidentStatus.Resolved
        && detail.Incident.DiagnosisGeneration > (detail.Diagnosis?.Generation ?? 0);

    private static IEnumerable<CardFact> Facts(Incident incident)
    {
        yield return new CardFact("Started", Own(Wording.Utc(incident.StartedAt)));
        if (incident is { Status: IncidentStatus.Resolved, ResolvedAt: { } resolved })
        {
            yield return new CardFact("Resolved", Own($"{Wording.Utc(resolved)}, after {Wording.Length(resolved - incident.StartedAt)}"));
        }

        yield return new CardFact("Environment", PlainText.Line(incident.Environment, CardLimits.Fact));
        var services = Services(incident);
        if (!services.IsEmpty) yield return new CardFact(incident.Services.Count > 1 ? "Services" : "Service", services);
        yield return new CardFact("Alerts", Alerts(incident));
        if (incident.Reopened > 0) yield return new CardFact("Reopened", Own(Wording.Count(incident.Reopened, "time")));
    }

    private static PlainText Services(Incident incident)
    {
        var named = incident.Services.Count > 0 ? incident.Services : incident.Service is { } one ? [one] : [];
        var shown = string.Join(", ", named.Take(CardLimits.Services).Select(s => PlainText.Line(s, 40).Value));
        var more = named.Count - CardLimits.Services;
        return PlainText.Line(more > 0 ? $"{shown} and {more} more" : shown, CardLimits.Fact + 40);
    }

    private static PlainText Alerts(Incident incident)
    {
        var parts = new List<string>();
        if (incident.Firing > 0) parts.Add(Number(incident.Firing, "firing"));
        if (incident.Acknowledged > 0) parts.Add(Number(incident.Acknowledged, "acknowledged"));
        if (incident.Resolved > 0) parts.Add(Number(incident.Resolved, "resolved"));
        if (parts.Count == 0) parts.Add("none");
        return Own($"{string.Join(", ", parts)}; {Wording.Count(incident.Events, "event")} in all");
    }

    private static string Number(int number, string word) => string.Create(CultureInfo.InvariantCulture, $"{number} {word}");

    private static CardSection? Notices(IncidentDetail detail) => detail.DeadMessages == 0
        ? null
        : new CardSection(CardSectionKind.Notice, "Attention",
        [
            new CardLine(default, Own(
                $"{Wording.Count(detail.DeadMessages, "message")} of this incident could not be handled: what stands here may be incomplete. "
                + "See opsbot messages dead.")),
        ]);

    private static CardSection? SeenBefore(IncidentDetail detail) => Section(
        CardSectionKind.SeenBefore, "Seen before", detail.SeenBefore, CardLimits.SeenBefore, "earlier incident", s => new CardLine(
            Own(Names.Incident(s.IncidentId)),
            PlainText.Line($"{SeenBeforeWords.Ending(s)}: {s.Title}", CardLimits.Statement),
            PlainText.Line(SeenBeforeWords.Detail(s), CardLimits.Detail)));

    private static CardSection? Timeline(IncidentDetail detail)
    {
        if (detail.Timeline.Count == 0) return null;
        var latest = detail.Timeline.OrderBy(t => t.At).TakeLast(CardLimits.Timeline).ToList();
        var earlier = detail.Timeline.Count - latest.Count;
        var oneDay = latest[0].At.UtcDateTime.Date == latest[^1].At.UtcDateTime.Date;
        return new CardSection(
            CardSectionKind.Timeline,
            "Timeline",
            latest.Select(t => new CardLine(Own(oneDay ? Wording.Clock(t.At) : Wording.Utc(t.At)), PlainText.Line(t.Text, CardLimits.Detail))).ToList(),
            earlier > 0 ? $"{Wording.Count(earlier, "earlier entry", "earlier entries")}" : null);
    }
}

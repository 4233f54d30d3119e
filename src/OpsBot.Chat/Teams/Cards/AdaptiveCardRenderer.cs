using System.Text;
using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Teams.Wire;
using OpsBot.Contracts.Incidents;
using static OpsBot.Chat.Teams.Cards.CardElements;

namespace OpsBot.Chat.Teams.Cards;

/// <summary>Writes a status card as an Adaptive Card. Pure: the same card gives the same JSON.</summary>
internal static class AdaptiveCardRenderer
{
    /// <summary>Most bytes of a card as JSON: with what goes around it, an activity of Teams.</summary>
    public const int MaxBytes = 26 * 1024;

    /// <summary>The card, of as many sections as fit; the rest is named and stands in the console.</summary>
    public static JsonObject Render(StatusCard card, long incident)
    {
        for (var kept = card.Sections.Count; ; kept--)
        {
            var json = Render(card, incident, kept);
            if (kept == 0 || BytesOf(json) <= MaxBytes) return json;
        }
    }

    public static int BytesOf(JsonObject json) => Encoding.UTF8.GetByteCount(json.ToJsonString(WireJson.Options));

    private static JsonObject Render(StatusCard card, long incident, int kept)
    {
        var body = new JsonArray(Head(card), Line(Run(card.Title).Large().Bold()).Spaced("small"));
        foreach (var fact in card.Facts)
            body.Add((JsonNode)Line(Run(fact.Label + "  ").Subtle(), Run(fact.Text)).Spaced("none"));
        foreach (var section in card.Sections.Take(kept))
            Add(body, section);
        if (kept < card.Sections.Count)
        {
            body.Add((JsonNode)Line(Run(
                $"Left out here, because Teams takes no more: {string.Join(", ", card.Sections.Skip(kept).Select(left => left.Heading))}. The console shows it all.").Subtle().Small())
                .Separated());
        }

        var json = Card(body, $"{card.Name}, {Wording.Word(card.Severity)}, {card.State}. This client shows no cards; see the console of OpsBot.");
        json["refresh"] = CardActions.Refresh(incident);
        if (card.Decisions.Count > 0) json["actions"] = new JsonArray([.. CardActions.Of(card.Decisions)]);
        return json;
    }

    private static JsonObject Head(StatusCard card) => Line(
        Run(card.Name).Bold(),
        Run("  " + Wording.Word(card.Severity).ToUpperInvariant()).Bold().Coloured(Colour(card.Severity)),
        Run("  " + card.State.ToUpperInvariant()).Bold().Coloured(Colour(card.Status)));

    private static void Add(JsonArray body, CardSection section)
    {
        body.Add((JsonNode)Line(Run(section.Heading).Bold().Coloured(section.Kind == CardSectionKind.Notice ? "attention" : "accent")).Spaced("medium").Separated());
        foreach (var line in section.Lines)
        {
            var lead = line.Lead.IsEmpty ? null : Run(line.Lead.Value + "  ").Bold();
            if (!line.Lead.IsEmpty || !line.Text.IsEmpty) body.Add((JsonNode)Line(lead, Run(line.Text)).Spaced("small"));
            if (!line.Detail.IsEmpty) body.Add((JsonNode)Line(Run(line.Detail).Subtle().Small()).Spaced("none"));
        }

        if (section.More is { } more) body.Add((JsonNode)Line(Run($"… and {more}").Subtle().Small()).Spaced("none"));
    }

    private static string Colour(SeverityLevel severity) => severity switch
    {
        SeverityLevel.Critical or SeverityLevel.High => "attention",
        SeverityLevel.Medium => "warning",
        SeverityLevel.Low => "accent",
        _ => "default",
    };

    private static string Colour(IncidentStatus status) => status switch
    {
        IncidentStatus.Open => "attention",
        IncidentStatus.Acknowledged => "warning",
        _ => "good",
    };
}

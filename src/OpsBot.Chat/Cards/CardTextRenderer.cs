using System.Text;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Chat.Cards;

/// <summary>Writes a card for terminals and text files. Lines end in LF and are at most as wide as asked for.</summary>
public static class CardTextRenderer
{
    private const int MinWidth = 40;
    private const string Indent = "  ";

    /// <param name="width">Columns; at least 40.</param>
    /// <param name="colours">True to write ANSI colours. The texts themselves hold no escape sequence: <see cref="PlainText"/> sees to that.</param>
    public static string Render(StatusCard card, int width = 100, bool colours = false)
    {
        width = Math.Max(width, MinWidth);
        var ink = new Ink(colours);
        var text = new StringBuilder();
        var severity = Wording.Word(card.Severity).ToUpperInvariant();
        text.Append(ink.Bold(card.Name)).Append(Indent).Append(ink.Severity(card.Severity, severity))
            .Append(Indent).Append(ink.State(card.Status, card.State.ToUpperInvariant())).Append('\n');
        foreach (var line in Wrap(card.Title.Value, width)) text.Append(ink.Bold(line)).Append('\n');
        text.Append('\n');
        Facts(text, card.Facts, width, ink);
        foreach (var section in card.Sections) Section(text, section, width, ink);
        return text.ToString();
    }

    private static void Facts(StringBuilder text, IReadOnlyList<CardFact> facts, int width, Ink ink)
    {
        var column = facts.Select(f => f.Label.Length).DefaultIfEmpty(0).Max() + Indent.Length;
        foreach (var fact in facts)
        {
            Hanging(text, Indent, fact.Label.PadRight(column), fact.Text.Value, width, ink.Dim, s => s);
        }
    }

    private static void Section(StringBuilder text, CardSection section, int width, Ink ink)
    {
        text.Append('\n').Append(ink.Heading(section.Heading.ToUpperInvariant())).Append('\n');
        var lead = section.Lines.Select(l => l.Lead.Value.Length).DefaultIfEmpty(0).Max();
        var column = lead == 0 ? 0 : lead + Indent.Length;
        foreach (var line in section.Lines)
        {
            // a line without a lead begins where leads do
            var own = line.Lead.IsEmpty ? 0 : column;
            Hanging(text, Indent, line.Lead.Value.PadRight(own), line.Text.Value, width, ink.Bold, s => s);
            if (!line.Detail.IsEmpty) Hanging(text, Indent, new string(' ', own), line.Detail.Value, width, s => s, ink.Dim);
        }

        if (section.More is { } more) text.Append(Indent).Append(ink.Dim($"… and {more}")).Append('\n');
    }

    private static void Hanging(
        StringBuilder text, string indent, string lead, string words, int width, Func<string, string> leadInk, Func<string, string> wordInk)
    {
        var first = true;
        foreach (var line in Wrap(words, Math.Max(width - indent.Length - lead.Length, 16)))
        {
            var before = first ? leadInk(lead) : new string(' ', lead.Length);
            text.Append((indent + before + wordInk(line)).TrimEnd()).Append('\n');
            first = false;
        }
    }

    /// <summary>Breaks at spaces; a word longer than a line is broken where the line ends. Always at least one line.</summary>
    private static IEnumerable<string> Wrap(string words, int width)
    {
        var rest = words.AsMemory();
        while (rest.Length > width)
        {
            var space = rest.Span[..(width + 1)].LastIndexOf(' ');
            var end = space > 0 ? space : width;
            if (space <= 0 && char.IsHighSurrogate(rest.Span[end - 1])) end--;
            yield return rest[..end].ToString();
            rest = rest[(space > 0 ? end + 1 : end)..];
        }

        yield return rest.ToString();
    }

    private readonly struct Ink(bool on)
    {
        public string Bold(string s) => Wear(s, "1");

        public string Dim(string s) => Wear(s, "2");

        public string Heading(string s) => Wear(s, "1;36");

        public string Severity(SeverityLevel level, string s) => Wear(s, level switch
        {
            SeverityLevel.Critical => "1;97;41",
            SeverityLevel.High => "1;31",
            SeverityLevel.Medium => "1;33",
            SeverityLevel.Low => "36",
            _ => "2",
        });

        public string State(IncidentStatus status, string s) => Wear(s, status switch
        {
            IncidentStatus.Open => "1;31",
            IncidentStatus.Acknowledged => "1;33",
            _ => "1;32",
        });

        private string Wear(string s, string code) => on && s.Length > 0 ? $"\u001b[{code}m{s}\u001b[0m" : s;
    }
}

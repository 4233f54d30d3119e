using System.Globalization;
using System.Security;
using System.Text;

namespace OpsBot.Chat.Cards;

/// <summary>A chart as a file of its own: nothing in it is loaded from elsewhere, and all text of it is escaped.</summary>
public static class ChartSvg
{
    private const int Below = 34;

    public static string Write(ChartShape shape)
    {
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {ChartShape.Width} {ChartShape.Height + Below}" width="{ChartShape.Width}" height="{ChartShape.Height + Below}" font-family="sans-serif" font-size="11">""");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Text(shape.Words)}</title>");
        svg.Append("""<rect width="100%" height="100%" fill="#ffffff"/>""");
        if (shape.MarkX is { } mark)
            svg.Append(CultureInfo.InvariantCulture, $"""<line x1="{mark}" x2="{mark}" y1="0" y2="{ChartShape.Height}" stroke="#c2410c" stroke-dasharray="4 3"/>""");
        foreach (var line in shape.Lines)
            svg.Append(CultureInfo.InvariantCulture, $"""<polyline points="{line}" fill="none" stroke="#1d4ed8" stroke-width="1.5"/>""");
        foreach (var (x, y) in shape.Dots)
            svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{x}" cy="{y}" r="2" fill="#1d4ed8"/>""");
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="4" y="{ChartShape.Height + 14}" fill="#334155">{Text(Cut(shape.Words, 110))}</text>""");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<text x="4" y="{ChartShape.Height + 29}" fill="#64748b">{Text($"{shape.From} to {shape.To}{shape.Zone}, {shape.Low} to {shape.High}")}</text></svg>""");
        return svg.ToString();
    }

    private static string Text(string text) => SecurityElement.Escape(text);

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";
}

using System.Globalization;
using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Chat.Cards;

/// <summary>A chart as SVG coordinates and words. Values that are missing or not finite leave a gap.</summary>
/// <param name="Lines">One <c>points</c> attribute a stretch without gap.</param>
/// <param name="Dots">Centres of stretches that are one sample long.</param>
/// <param name="MarkX">Where the marked moment is; null where there is none within the chart.</param>
/// <param name="Words">The chart in a sentence, for whoever does not see it.</param>
public sealed record ChartShape(
    IReadOnlyList<string> Lines, IReadOnlyList<(string X, string Y)> Dots, string? MarkX,
    string Low, string High, string Last, string From, string To, string? Marked, string Words)
{
    public const int Width = 600;
    public const int Height = 96;
    private const int Margin = 5;
    private const int MostPoints = 1000;

    /// <summary>Behind <see cref="From"/> and <see cref="To"/>: <c> UTC</c>, or nothing where the chart goes by steps.</summary>
    public string Zone { get; private init; } = " UTC";

    /// <summary>Null where there is nothing to draw.</summary>
    /// <param name="steps">The chart's times are steps of a training run.</param>
    public static ChartShape? Of(EvidenceChart chart, bool steps = false)
    {
        var samples = chart.Times.Zip(chart.Values).Take(MostPoints).OrderBy(s => s.First).ToList();
        var finite = samples.Where(s => s.Second is { } v && double.IsFinite(v)).ToList();
        if (finite.Count == 0) return null;
        var (from, to) = (samples[0].First, samples[^1].First);
        var (low, high) = (finite.Min(s => s.Second!.Value), finite.Max(s => s.Second!.Value));
        var lines = new List<string>();
        var dots = new List<(string, string)>();
        var stretch = new List<(string X, string Y)>();
        foreach (var (time, value) in samples)
        {
            if (value is { } v && double.IsFinite(v)) stretch.Add((X(time), Y(v)));
            else EndStretch();
        }

        EndStretch();
        var mark = chart.MarkAt is { } m && m >= from && m <= to ? m : (long?)null;
        var marked = mark is { } at ? Wording.Utc(DateTimeOffset.FromUnixTimeMilliseconds(at)) : null;
        var last = finite[^1].Second!.Value;
        var name = PlainText.Line(chart.Name, 120);
        return new ChartShape(
            lines, dots, mark is { } x ? X(x) : null, Number(low), Number(high), Number(last), Place(from), Place(to), marked,
            $"{name}: {Place(from)} to {Place(to)}{(steps ? "" : " UTC")}, lowest {Number(low)}, highest {Number(high)}, last {Number(last)}"
            + (marked is null ? "." : $"; marked at {marked}."))
        {
            Zone = steps ? "" : " UTC",
        };

        string Place(long at) => steps ? string.Create(CultureInfo.InvariantCulture, $"step {at}") : At(at);

        void EndStretch()
        {
            if (stretch.Count == 1) dots.Add(stretch[0]);
            else if (stretch.Count > 1) lines.Add(string.Join(' ', stretch.Select(p => $"{p.X},{p.Y}")));
            stretch.Clear();
        }

        string X(long time) => Coordinate(to == from ? Width / 2.0 : Width * ((double)(time - from) / (to - from)));

        string Y(double value) => Coordinate(high - low is var span && (span <= 0 || !double.IsFinite(span))
            ? Height / 2.0
            : Height - Margin - ((Height - (2 * Margin)) * ((value - low) / span)));
    }

    /// <summary><c>0.004</c>, <c>4 310</c>, <c>2.5 M</c>.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        >= 1e15 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
        >= 1e9 => (value / 1e9).ToString("0.## G", CultureInfo.InvariantCulture),
        >= 1e6 => (value / 1e6).ToString("0.## M", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' '),
        >= 0.001 => value.ToString("0.###", CultureInfo.InvariantCulture),
        0 => "0",
        _ => value.ToString("0.##e0", CultureInfo.InvariantCulture),
    };

    private static string At(long time) => time is > -62_135_596_800_000 and < 253_402_300_799_999
        ? DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)
        : "?";

    private static string Coordinate(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}

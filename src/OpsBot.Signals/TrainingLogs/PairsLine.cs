using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>
/// Plain lines: <c>step=100 loss=2.31</c>, <c>iter 100: loss 2.31, time 45ms</c>, <c>Epoch 3/10 - val_loss: 0.4</c>, <c>Epoch: [3][200/1000] Loss 1.2 (1.3)</c>.
/// Only a line that names something to be judged, or its step and a number, is taken: most lines with numbers are settings.
/// </summary>
internal static partial class PairsLine
{
    private static readonly HashSet<string> Levels = new(StringComparer.OrdinalIgnoreCase) { "info", "debug", "warning", "warn", "error", "critical", "trace" };

    public static LineReading? Read(string line)
    {
        var reading = new LineReading();
        var counter = Counter().Match(line);
        if (counter.Success && Whole(counter.Groups["done"]) is { } done && Whole(counter.Groups["total"]) is { } total)
        {
            reading.Step = Whole(counter.Groups["epoch"]) is { } epoch ? epoch * total + done : done;
            reading.Epoch = Whole(counter.Groups["epoch"]);
        }

        foreach (var pair in Pair().Matches(counter.Success ? line[(counter.Index + counter.Length)..] : line).Take(LineReading.MaxValues * 2))
        {
            var words = pair.Groups["name"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).SkipWhile(Levels.Contains).ToArray();
            if (words.Length == 0)
                continue;
            // a=1 is one word; a sentence before a colon is a name of several; "loss 2.3" has nothing between, and then only a word that we know is a name
            var name = pair.Groups["mark"] switch
            {
                { Success: true, Value: "=" } when pair.Groups["gap"].Length == 0 => words[^1],
                { Success: true } => MetricNames.IsStep(words[^1]) || MetricNames.IsEpoch(words[^1]) ? words[^1] : string.Join(' ', words),
                _ => Bare(words),
            };
            if (name is null)
                continue;
            reading.Take(name, pair.Groups["number"].ValueSpan);
            if (MetricNames.IsStep(name))
                reading.Total ??= Whole(pair.Groups["total"]);
        }

        return reading.HasMeasure ? reading : null;
    }

    /// <summary>"Epoch 3/10" alone on a line, as Keras writes before its bars.</summary>
    public static long? Heading(string line) => HeadingLine().Match(line) is { Success: true } heading ? Whole(heading.Groups["epoch"]) : null;

    /// <summary>Keras' bar: done and total in front of it.</summary>
    public static Progress? KerasBar(string line) =>
        KerasLine().Match(line) is { Success: true } bar && Whole(bar.Groups["done"]) is { } done && Whole(bar.Groups["total"]) is { } total ? new Progress(done, total) : null;

    private static string? Bare(string[] words)
    {
        if (MetricNames.IsStep(words[^1]) || MetricNames.IsEpoch(words[^1]))
            return words[^1];
        if (!MetricNames.IsMeasure(words[^1]))
            return null;
        return words.Length > 1 && (MetricNames.IsValidation(words[^2]) || words[^2].StartsWith("train", StringComparison.OrdinalIgnoreCase) || MetricNames.IsMeasure(words[^2]))
            ? $"{words[^2]} {words[^1]}"
            : words[^1];
    }

    private static long? Whole(Group digits) =>
        digits.Success && long.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex(
        @"(?<![\w.\-/])(?<name>[A-Za-z_][\w@/.\-]{0,60}(?: [A-Za-z_][\w@/.\-]{0,60}){0,2}?)(?:(?<gap>\s{0,3})(?<mark>[=:])\s{0,20}\[{0,2}|\s{1,20}\[?)(?<number>[-+]?(?:\d{1,20}(?:\.\d{0,25})?|\.\d{1,25})(?:[eE][-+]?\d{1,3})?|[-+]?(?:nan|inf(?:inity)?)\b)(?![\w]|:\d|\.\d|/\d+[/:])(?:\s?/\s?(?<total>\d{1,12})\b)?",
        RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex Pair();

    [GeneratedRegex(@"\bepoch\W{0,3}\[(?<epoch>\d{1,9})(?:/\d+)?\]\W{0,4}(?:iter\w{0,6}|step|batch)?\W{0,3}\[?\s*(?<done>\d{1,12})/(?<total>\d{1,12})\]", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex Counter();

    [GeneratedRegex(@"^\s*epoch\s+(?<epoch>\d{1,9})\s*/\s*\d+\s*$", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex HeadingLine();

    [GeneratedRegex(@"^\s*(?<done>\d{1,12})/(?<total>\d{1,12})\s+(?:\[[=>.\s]{1,200}\]|[\u2500-\u257f\s]{1,200})", RegexOptions.None, 5_000)]
    private static partial Regex KerasLine();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>
/// A progress bar as tqdm draws it, with or without metrics behind it: <c>Epoch 3:  22%|██▏  | 4/18 [00:17&lt;01:02,  4.47s/it, loss=10.07, v_num=1]</c>.
/// </summary>
/// <param name="Description">What stands before the percentage; empty for Hugging Face's bars of training and evaluation.</param>
/// <param name="At">How far it is.</param>
/// <param name="PerSecond">Iterations a second, smoothed by tqdm; null where it does not know yet.</param>
/// <param name="Metrics">Name and number as they are written, in order.</param>
internal sealed partial record BarLine(string Description, Progress At, double? PerSecond, IReadOnlyList<(string Name, string Text)> Metrics)
{
    /// <summary>Steps since the start: those of whole epochs, which its description names, and those of the bar.</summary>
    public long Steps => Epoch().Match(Description) is { Success: true } epoch
        && long.TryParse(epoch.Groups["epoch"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Math.Max(0, epoch.Groups["of"].Success ? number - 1 : number) * At.Total + At.Done
            : At.Done;

    /// <summary>A bar of something else than training.</summary>
    public bool IsAside => Aside().IsMatch(Description);

    public static BarLine? Read(string line)
    {
        var bar = Bar().Match(line);
        if (!bar.Success
            || !long.TryParse(bar.Groups["done"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var done)
            || !long.TryParse(bar.Groups["total"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var total))
            return null;
        var metrics = Pair().Matches(bar.Groups["rest"].Value).Take(LineReading.MaxValues)
            .Select(pair => (pair.Groups["name"].Value.Trim(), pair.Groups["text"].Value)).ToList();
        return new BarLine(bar.Groups["about"].Value.Trim(), new Progress(done, total), Rate(bar.Groups["rate"].ValueSpan, bar.Groups["unit"].Value), metrics);
    }

    private static double? Rate(ReadOnlySpan<char> text, string unit) => NumberText.Parse(text) switch
    {
        > 0 and var number => unit.StartsWith("s/", StringComparison.Ordinal) ? 1 / number : number,
        _ => null,
    };

    [GeneratedRegex(
        @"^(?<about>[^|]{0,120}?)\s*\d{1,3}%\|[^|]{0,400}\|\s*(?<done>\d{1,15})/(?<total>\d{1,15})\s*\[[\d:]{1,12}<[\d:?]{1,12},\s*(?<rate>[\d.?]{1,12})\s*(?<unit>s/\w{1,12}|\w{1,12}/s)(?<rest>[^\]]{0,8000})\]?",
        RegexOptions.None, 5_000)]
    private static partial Regex Bar();

    [GeneratedRegex(@",\s*(?<name>[A-Za-z_][^=,]{0,100}?)\s*=\s*(?<text>[^,\]\s]{1,40})", RegexOptions.None, 5_000)]
    private static partial Regex Pair();

    [GeneratedRegex(@"\bepoch\W{0,3}(?<epoch>\d{1,9})(?<of>\s*/\s*\d+)?", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex Epoch();

    [GeneratedRegex(@"valid|\bval\b|eval|test|predict|sanity|load|download|map|token|generat|cach|fetch|filter|group|merg|sav|upload|preproc|extract|creat", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex Aside();
}

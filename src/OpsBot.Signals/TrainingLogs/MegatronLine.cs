using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>
/// Iteration lines of Megatron-LM and what grew out of it: <c> iteration 6930/ 159576 | consumed samples: 259000 | lm loss: 2.7E+00 |</c>,
/// behind any prefix of time and rank; and its validation lines, whose values are named <c>validation lm loss value</c>.
/// </summary>
internal static partial class MegatronLine
{
    public static LineReading? Read(string line)
    {
        var iteration = Iteration().Match(line);
        var validation = Validation().Match(line);
        if (!iteration.Success && !validation.Success)
            return null;
        var reading = new LineReading();
        if (iteration.Success)
        {
            reading.Step = Whole(iteration.Groups["step"]);
            var end = validation.Success && validation.Index > iteration.Index ? validation.Index : line.Length;
            Fields(line[(iteration.Index + iteration.Length)..end], "", reading);
        }

        if (validation.Success)
        {
            reading.Step ??= Whole(validation.Groups["step"]);
            Fields(line[(validation.Index + validation.Length)..], validation.Groups["set"].Value.StartsWith("test", StringComparison.OrdinalIgnoreCase) ? "test " : "validation ", reading);
        }

        return reading;
    }

    private static void Fields(string text, string prefix, LineReading into)
    {
        foreach (var field in text.Split('|'))
        {
            // the name may hold a colon of its own; the value never does
            var colon = field.LastIndexOf(':');
            if (colon > 0)
                into.Take(prefix + field[..colon].Trim(), field.AsSpan(colon + 1));
        }
    }

    private static long? Whole(Group digits) => long.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex(@"\biteration\s+(?<step>\d{1,15})/\s*\d+\s*\|", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex Iteration();

    [GeneratedRegex(@"\b(?<set>valid(?:ation)?|test)\b[\w ]{0,40}?\bloss at (?:iteration|the end of training[^|]{0,60}?)\s*(?<step>\d{1,15})?[^|]{0,40}\|", RegexOptions.IgnoreCase, 5_000)]
    private static partial Regex Validation();
}

using System.Globalization;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>Numbers as training programs write them.</summary>
public static class NumberText
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>A number, NaN or an infinity. A percent sign is dropped: 88.5% is 88.5, as the program says it.</summary>
    public static double? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim().TrimEnd('%');
        if (text.IsEmpty || text.Length > 40)
            return null;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) && !char.IsLetter(text[^1]))
            return number;
        var negative = text[0] == '-';
        var word = text.TrimStart("+-");
        if (word.Equals("nan", StringComparison.OrdinalIgnoreCase))
            return double.NaN;
        if (word.Equals("inf", StringComparison.OrdinalIgnoreCase) || word.Equals("infinity", StringComparison.OrdinalIgnoreCase))
            return negative ? double.NegativeInfinity : double.PositiveInfinity;
        return null;
    }

    /// <summary>The step that a number states; null where it is none.</summary>
    public static long? Step(double number) => number is >= 0 and < 1e15 && Math.Floor(number) == number ? (long)number : null;
}

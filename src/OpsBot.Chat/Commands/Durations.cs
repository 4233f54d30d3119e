using System.Globalization;

namespace OpsBot.Chat.Commands;

/// <summary>Lengths of time as people write them: <c>45m</c>, <c>2h</c>, <c>1d</c>, <c>1h30m</c>.</summary>
public static class Durations
{
    /// <summary>Null where it is none, or is longer than a year.</summary>
    public static TimeSpan? Parse(string text)
    {
        var (total, number, any) = (0L, "", false);
        foreach (var c in text.Trim().ToLowerInvariant())
        {
            if (char.IsAsciiDigit(c) && number.Length < 6)
            {
                number += c;
                continue;
            }

            var unit = c switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, 'w' => 604_800, _ => 0 };
            if (unit == 0 || number.Length == 0)
                return null;
            total += unit * long.Parse(number, CultureInfo.InvariantCulture);
            (number, any) = ("", true);
        }

        return any && number.Length == 0 && total is > 0 and <= 366L * 86_400 ? TimeSpan.FromSeconds(total) : null;
    }
}

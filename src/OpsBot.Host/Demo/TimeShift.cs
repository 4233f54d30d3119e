using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsBot.Host.Demo;

/// <summary>
/// Moves the times in a sample's text. A time is ISO 8601 with <c>T</c> and <c>Z</c>; only those near the sample's base move, so that
/// Alertmanager's <c>0001-01-01T00:00:00Z</c> for "still firing" stays what it is. Everything else is left as written.
/// </summary>
internal sealed partial class TimeShift(DateTimeOffset origin, TimeSpan upToOrigin, TimeSpan afterOrigin)
{
    private static readonly TimeSpan Reach = TimeSpan.FromDays(30);

    internal string Apply(string text) => IsoTime().Replace(text, Moved);

    private string Moved(Match match)
    {
        if (!DateTimeOffset.TryParseExact(
                match.Groups["second"].Value, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            || (time - origin).Duration() > Reach)
        {
            return match.Value;
        }
        var isAfter = time > origin || (time == origin && match.Groups["fraction"].Value.AsSpan().Trim(".0").Length > 0);
        var moved = time + (isAfter ? afterOrigin : upToOrigin);
        return moved.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + match.Groups["fraction"].Value + "Z";
    }

    [GeneratedRegex(@"(?<![0-9])(?<second>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?<fraction>\.\d{1,9})?Z", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex IsoTime();
}

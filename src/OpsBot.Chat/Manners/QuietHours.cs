using System.Globalization;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Chat.Manners;

/// <summary>A time of every day, by a clock on a wall somewhere.</summary>
internal sealed class QuietHours
{
    private readonly QuietHoursOptions _options;
    private readonly TimeZoneInfo _zone;
    private readonly TimeOnly _from;
    private readonly TimeOnly _to;

    /// <exception cref="FormatException">It is not a time that can be told; the message opens with the key that is wrong.</exception>
    public QuietHours(QuietHoursOptions options)
    {
        _options = options;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out var zone))
        {
            throw new FormatException($"timeZone: '{options.TimeZone}' is no time zone of this machine; write a name such as Europe/Berlin");
        }

        _zone = zone;
        (_from, _to) = (Time("from", options.From), Time("to", options.To));
        if (_from == _to)
        {
            throw new FormatException($"to: '{options.To}' is from; quiet hours that never end are doNotPost");
        }
    }

    /// <summary>True where nobody is to be disturbed for an incident of this severity.</summary>
    public bool Hold(SeverityLevel severity, DateTimeOffset now)
    {
        if (severity == SeverityLevel.Unknown || severity <= _options.Below)
        {
            return false;
        }

        var wall = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, _zone).DateTime);
        return wall.IsBetween(_from, _to);
    }

    /// <summary>When those end that a moment lies in.</summary>
    public DateTimeOffset End(DateTimeOffset within) => within + (_to - TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(within, _zone).DateTime));

    private static TimeOnly Time(string key, string text) =>
        TimeOnly.TryParseExact(text, ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new FormatException($"{key}: '{text}' is no time of the day; write for example \"22:00\"");
}

using System.Globalization;
using Quartz;

namespace OpsBot.Actions.Policy;

/// <summary>A time in which nothing runs.</summary>
internal sealed class FreezeWindow
{
    private const string LocalForms = "yyyy-MM-dd|yyyy-MM-dd'T'HH:mm|yyyy-MM-dd'T'HH:mm:ss|yyyy-MM-dd HH:mm|yyyy-MM-dd HH:mm:ss";
    private const string OffsetForms = "yyyy-MM-dd'T'HH:mmK|yyyy-MM-dd'T'HH:mm:ssK|yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK|yyyy-MM-dd HH:mm:ssK";

    private const int MaxOpenStarts = 1000;

    private readonly FreezeOptions _options;
    private readonly CronExpression? _cron;
    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _to;

    /// <exception cref="FormatException">It is not a time that can be told; the message opens with the key that is wrong.</exception>
    public FreezeWindow(FreezeOptions options)
    {
        _options = options;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out var zone))
        {
            throw new FormatException($"timeZone: '{options.TimeZone}' is no time zone of this machine; write a name such as Europe/Berlin");
        }

        if (options.Cron is { } cron)
        {
            if (options.From is not null || options.To is not null || options.Duration is null)
            {
                throw new FormatException("cron: goes with duration, and without from and to");
            }

            try
            {
                _cron = new CronExpression(cron) { TimeZone = zone };
            }
            catch (FormatException error)
            {
                throw new FormatException($"cron: '{cron}' is no expression: {error.Message.TrimEnd('.')}; write for example \"0 0 16 ? * FRI\"", error);
            }

            return;
        }

        if (options.From is null || options.To is null || options.Duration is not null)
        {
            throw new FormatException("from: needs from and to, or cron and duration");
        }

        (_from, _to) = (Instant("from", options.From, zone), Instant("to", options.To, zone));
        if (_from >= _to)
        {
            throw new FormatException($"to: '{options.To}' is not after from, '{options.From}'");
        }
    }

    public string Reason => _options.Reason;

    /// <summary>When the freeze that holds at a time ends; null where none does.</summary>
    public DateTimeOffset? EndAt(DateTimeOffset now)
    {
        if (_cron is null)
        {
            return now >= _from && now < _to ? _to : null;
        }

        // every start that is still open holds; the last of them says when it ends
        DateTimeOffset? end = null;
        var start = _cron.GetNextValidTimeAfter(now - _options.Duration!.Value);
        for (var i = 0; start <= now && i < MaxOpenStarts; i++)
        {
            end = start + _options.Duration;
            start = _cron.GetNextValidTimeAfter(start.Value);
        }

        return end;
    }

    public bool Concerns(string action, string environment) =>
        (_options.Environments.Count == 0 || _options.Environments.Any(pattern => Glob.Matches(pattern, environment)))
        && !_options.ExceptActions.Any(pattern => Glob.Matches(pattern, action));

    private static DateTimeOffset Instant(string key, string text, TimeZoneInfo zone)
    {
        if (DateTime.TryParseExact(text, LocalForms.Split('|'), CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return new DateTimeOffset(local, zone.GetUtcOffset(local));
        }

        return DateTimeOffset.TryParseExact(text, OffsetForms.Split('|'), CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? instant
            : throw new FormatException($"{key}: '{text}' is no time; write for example 2026-12-20, 2026-12-20T18:00 or 2026-12-20T18:00:00Z");
    }
}

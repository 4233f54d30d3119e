using System.Globalization;
using Quartz;

namespace OpsBot.Actions.Policy;

/// <summary>A time in which nothing runs.</summary>
internal sealed class FreezeWindow
{
    private const string LocalForms = "yyyy-MM-dd|yyyy-MM-dd'T'HH:mm|yyyy-MM-dd'T'HH:mm:ss|yyyy-MM-dd HH:mm|yyyy-MM-dd HH:mm:ss";
    private const string OffsetForms = "yyyy-MM-dd'T'HH:mmK|yyyy-MM-dd'T'HH:mm:ssK|yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK|yyyy-MM-dd HH:mm:ssK";

    private const int MaxStarts = 50_000;
    private const int MaxOpenStarts = 5_000;
    private static readonly TimeSpan LargestShift = TimeSpan.FromHours(2);

    private readonly FreezeOptions _options;
    private readonly TimeZoneInfo _zone;
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

        _zone = zone;
        if (options.Cron is { } cron)
        {
            if (options.From is not null || options.To is not null || options.Duration is null)
            {
                throw new FormatException("cron: goes with duration, and without from and to");
            }

            try
            {
                _cron = new CronExpression(cron) { TimeZone = TimeZoneInfo.Utc };
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

        // The expression is held against the clock on the wall, since it would skip a start at a time that the change to summer time leaves out.
        // Such a start counts an hour late, and one at a time that comes twice counts twice.
        var duration = _options.Duration!.Value;
        var wall = Wall(TimeZoneInfo.ConvertTime(now, _zone).DateTime);
        DateTimeOffset? end = null;
        var start = _cron.GetNextValidTimeAfter(wall - duration - LargestShift);
        for (int i = 0, open = 0; start <= wall + LargestShift && i < MaxStarts && open < MaxOpenStarts; i++)
        {
            foreach (var offset in Offsets(start.Value.DateTime))
            {
                var instant = new DateTimeOffset(start.Value.DateTime, offset);
                if (instant <= now && now < instant + duration)
                {
                    end = end is null || end < instant + duration ? instant + duration : end;
                    open++;
                }
            }

            start = _cron.GetNextValidTimeAfter(start.Value);
        }

        return end;
    }

    public bool Concerns(string action, string environment) =>
        (_options.Environments.Count == 0 || environment.Length == 0 || _options.Environments.Any(pattern => Glob.Matches(pattern, environment)))
        && !_options.ExceptActions.Any(pattern => Glob.Matches(pattern, action));

    private static DateTimeOffset Wall(DateTime local) => new(local.Ticks, TimeSpan.Zero);

    private TimeSpan[] Offsets(DateTime wall)
    {
        var local = DateTime.SpecifyKind(wall, DateTimeKind.Unspecified);
        return _zone.IsAmbiguousTime(local) ? _zone.GetAmbiguousTimeOffsets(local) : [_zone.GetUtcOffset(local)];
    }

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

using Quartz;

namespace OpsBot.Watches.Declared;

/// <summary>When a declared watch begins by the clock.</summary>
internal sealed class CronStart
{
    private readonly CronExpression _cron;

    /// <exception cref="FormatException">It is no expression, or the time zone none of this machine; the message opens with the key that is wrong.</exception>
    public CronStart(string cron, string timeZone)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone))
            throw new FormatException($"timeZone: '{timeZone}' is no time zone of this machine; write a name such as Europe/Berlin");
        try
        {
            _cron = new CronExpression(cron) { TimeZone = zone };
        }
        catch (FormatException error)
        {
            throw new FormatException($"cron: '{cron}' is no expression: {error.Message.TrimEnd('.')}; write for example \"0 0 9 ? * MON-FRI\"", error);
        }
    }

    /// <summary>The first time after another; null where there is none any more.</summary>
    public DateTimeOffset? After(DateTimeOffset time) => _cron.GetNextValidTimeAfter(time);
}

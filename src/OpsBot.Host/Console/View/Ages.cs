using OpsBot.Chat.Cards;

namespace OpsBot.Host.WebConsole.View;

/// <summary>How long ago, in words.</summary>
public static class Ages
{
    /// <summary><c>just now</c>, <c>3 min ago</c>, <c>2 d ago</c>; <c>in 5 min</c> for what is still to come or for a clock that is ahead.</summary>
    public static string Of(DateTimeOffset time, DateTimeOffset now)
    {
        var age = now - time;
        if (age.Duration() < TimeSpan.FromSeconds(10)) return "just now";
        return age > TimeSpan.Zero ? $"{Largest(age)} ago" : $"in {Largest(age.Negate())}";
    }

    // one unit is enough to tell old from new, and changes seldom enough not to flicker
    private static string Largest(TimeSpan age) => Wording.Length(
        age.TotalDays >= 2 ? TimeSpan.FromDays(Math.Floor(age.TotalDays))
        : age.TotalHours >= 10 ? TimeSpan.FromHours(Math.Floor(age.TotalHours))
        : age.TotalMinutes >= 1 ? TimeSpan.FromMinutes(Math.Floor(age.TotalMinutes))
        : TimeSpan.FromSeconds(Math.Floor(age.TotalSeconds)));
}

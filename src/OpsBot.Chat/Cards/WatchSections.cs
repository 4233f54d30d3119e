using OpsBot.Contracts.Watches;
using static OpsBot.Chat.Cards.CardText;

namespace OpsBot.Chat.Cards;

/// <summary>The watches that an incident is about, on its card: how each stands, its curve as text, and whether it was there all the time.</summary>
internal static class WatchSections
{
    private const int Most = 3;

    public static CardSection? Of(IReadOnlyList<Watch> watches) => Section(
        CardSectionKind.Watch, "Watched", watches, Most, "watch", watch => new CardLine(
            Own(watch.Name),
            PlainText.Line($"{watch.Title}: {Stands(watch)}", CardLimits.Statement),
            PlainText.Line(Detail(watch), CardLimits.Detail)));

    private static string Stands(Watch watch) => watch.Verdict is { } verdict
        ? $"ended {WatchWords.Outcome(verdict.Outcome)}: {verdict.Text}"
        : $"{WatchWords.State(watch)}; {watch.Reading.Text}";

    private static string Detail(Watch watch)
    {
        string?[] parts =
        [
            WatchWords.Spark(watch.Reading) is { Length: > 0 } spark ? spark : null,
            watch.Reading.PReach is { } chance ? $"reached with {Wording.Percent(chance)}" : null,
            watch.Blind > 0 ? $"the last {Wording.Count(watch.Blind, "look")} saw nothing" : null,
            watch.Missed > 0 ? $"nobody looked at {Wording.Count(watch.Missed, "time")} that were due" : null,
            watch.Status == WatchStatus.Ended ? null : $"until {Wording.Utc(watch.Deadline)}",
        ];
        return string.Join("; ", parts.OfType<string>());
    }
}

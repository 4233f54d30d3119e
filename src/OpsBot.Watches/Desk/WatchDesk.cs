using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;
using OpsBot.Watches.Ticks;

namespace OpsBot.Watches.Desk;

/// <summary>What was asked of a watch, and what came of it.</summary>
/// <param name="Accepted">False where nothing changed; the text says why.</param>
public sealed record WatchAnswer(bool Accepted, string Text, Watch? Watch = null);

/// <summary>Begins watches, and does to them what people ask for. All in the caller's transaction; who may is the caller's business.</summary>
public sealed class WatchDesk(ILiveUpdates live, IRedactor redactor)
{
    /// <summary>Begins a watch. Its first look is at once.</summary>
    public async Task<WatchAnswer> StartAsync(Watch watch, EffectScope scope)
    {
        if (Problem(watch, scope.Now) is { } problem)
            return new WatchAnswer(false, problem);
        var title = TickFlow.Cut(redactor.Redact(watch.Title));
        title = title.Length > WatchLimits.Title ? $"{title[..(WatchLimits.Title - 1)]}…" : title;
        if (await WatchTable.CreateAsync(scope, watch with { Title = title, CreatedAt = scope.Now }) is not { } created)
            return new WatchAnswer(false, $"'{watch.Declared}' watches or watched {watch.Subject} already; 'watch list all' shows it.");
        scope.AfterCommit(() => live.IncidentChanged(watch.AttachedTo ?? 0));
        return new WatchAnswer(true, $"{created.Name} watches {created.Title}, every {TickFlow.Words(created.Interval)} for {TickFlow.Words(created.Deadline - scope.Now)}.", created);
    }

    /// <param name="by">The person as shown.</param>
    public Task<WatchAnswer> PauseAsync(long id, string by, EffectScope scope) => ChangeAsync(id, scope, watch => watch.Status != WatchStatus.Running
        ? (null, $"{watch.Name} is paused already.")
        : (watch with { Status = WatchStatus.Paused, Generation = watch.Generation + 1, NextDueAt = watch.Deadline }, $"{watch.Name} is paused by {by}. Its time goes on: it ends at {Time(watch.Deadline)} unless it is extended."));

    public Task<WatchAnswer> ResumeAsync(long id, string by, EffectScope scope) => ChangeAsync(id, scope, watch => watch.Status != WatchStatus.Paused
        ? (null, $"{watch.Name} runs already.")
        : (watch with { Status = WatchStatus.Running, Generation = watch.Generation + 1, NextDueAt = scope.Now }, $"{watch.Name} goes on, says {by}."));

    /// <summary>Moves the deadline; a paused watch stays paused.</summary>
    public Task<WatchAnswer> ExtendAsync(long id, TimeSpan by, string person, EffectScope scope) => ChangeAsync(id, scope, watch =>
    {
        var deadline = (watch.Deadline > scope.Now ? watch.Deadline : scope.Now) + by;
        return deadline - scope.Now > WatchLimits.Longest
            ? (null, $"A watch lasts {WatchLimits.Longest.TotalDays:0} days at most from now; {watch.Name} ends at {Time(watch.Deadline)}.")
            : (watch with { Deadline = deadline, NextDueAt = watch.Status == WatchStatus.Paused ? deadline : watch.NextDueAt }, $"{watch.Name} is extended by {person} to {Time(deadline)}.");
    });

    /// <summary>Ends a watch before its time. What it alerted of is nobody's any more, and is resolved.</summary>
    public Task<WatchAnswer> StopAsync(long id, string by, string? reason, EffectScope scope) => ChangeAsync(id, scope, watch =>
    {
        var why = string.IsNullOrWhiteSpace(reason) ? "" : $": {TickFlow.Cut(redactor.Redact(reason.Trim()))}";
        var text = TickFlow.Cut($"stopped by {by}{why}; last seen: {watch.Reading.Text}");
        return (watch with
        {
            Status = WatchStatus.Ended,
            Generation = watch.Generation + 1,
            NextDueAt = null,
            Problems = [],
            Verdict = new WatchVerdict(WatchOutcome.Unknown, text, scope.Now),
        }, $"{watch.Name} is {text}");
    });

    /// <summary>What is wrong with a watch that somebody wants; null where nothing is.</summary>
    internal static string? Problem(Watch watch, DateTimeOffset now) => watch switch
    {
        { Title.Length: 0 } => "A watch needs a name.",
        { Spec.Length: > WatchLimits.Spec } => $"What is to be watched is longer than {WatchLimits.Spec} characters.",
        _ when watch.Interval < WatchLimits.ShortestInterval || watch.Interval > WatchLimits.LongestInterval =>
            $"A watch looks every {WatchLimits.ShortestInterval.TotalSeconds:0} s at most and once a day at least; every {TickFlow.Words(watch.Interval)} is neither.",
        _ when watch.Deadline <= now => "The time for it is over already.",
        _ when watch.Deadline - now > WatchLimits.Longest => $"A watch lasts {WatchLimits.Longest.TotalDays:0} days at most; extend it when it is near its end.",
        _ when watch.Deadline - now < watch.Interval => $"It would be over before its second look: {TickFlow.Words(watch.Deadline - now)} is shorter than the interval of {TickFlow.Words(watch.Interval)}.",
        _ when watch.BlindAfter is < 1 or > 1000 => "It is blind after 1 to 1000 intervals without data.",
        _ => null,
    };

    private async Task<WatchAnswer> ChangeAsync(long id, EffectScope scope, Func<Watch, (Watch? Changed, string Text)> change)
    {
        if (await WatchTable.FindAsync(scope.Transaction, id) is not { } watch)
            return new WatchAnswer(false, $"There is no {WatchNames.Watch(id)}.");
        if (watch.Status == WatchStatus.Ended)
            return new WatchAnswer(false, $"{watch.Name} has ended: {watch.Verdict?.Text}", watch);
        var (changed, text) = change(watch);
        if (changed is null)
            return new WatchAnswer(false, text, watch);
        // Nobody else writes between the look and this: the lane is serial.
        if (!await WatchTable.SaveAsync(scope.Transaction, watch, changed))
            throw new InvalidOperationException($"{watch.Name} changed within one transaction.");
        if (changed.Status != WatchStatus.Ended && watch.Status != changed.Status)
            WatchTable.SetTimer(scope, changed);
        if (changed.Status == WatchStatus.Ended && (watch.Problems.Count > 0 || watch.OwnThread) && watch.AttachedTo is null)
            scope.Follow(WatchNews.Alert(changed, scope.Now));
        if (changed.AttachedTo is { } incident)
            scope.Follow(NewMessage.Of(new UpdateCard(incident), Streams.Thread(incident), coalesce: true));
        scope.AfterCommit(() => live.IncidentChanged(changed.AttachedTo ?? 0));
        return new WatchAnswer(true, text, changed);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
}

using OpsBot.Contracts.Watches;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Chat.Cards;

/// <summary>Takes secrets out of what is shown of a watch. What ticks write is clean already; what it observes is as somebody wrote it.</summary>
public static class WatchRedaction
{
    public static Watch Redacted(this Watch watch, IRedactor redactor) => watch with
    {
        Title = redactor.Redact(watch.Title),
        Spec = redactor.Redact(watch.Spec),
        Reading = watch.Reading with { Text = redactor.Redact(watch.Reading.Text) },
        Problems = [.. watch.Problems.Select(problem => problem with { Text = redactor.Redact(problem.Text) })],
        Verdict = watch.Verdict is { } verdict ? verdict with { Text = redactor.Redact(verdict.Text) } : null,
    };
}

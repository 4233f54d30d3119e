using OpsBot.Chat.Cards;
using OpsBot.Contracts.Messages;

namespace OpsBot.Chat.Threads;

/// <summary>Keeps a thread short: so many replies an incident, and the last one says that it is the last.</summary>
public static class ReplyBudget
{
    public const string LastWords = "This was the last reply here: further news is only on the card.";

    /// <summary>Those of <paramref name="planned"/> that may still be posted, in order.</summary>
    /// <param name="posted">Replies that the thread has had (<c>Incident.Replies</c>).</param>
    public static IReadOnlyList<PostReply> Take(IReadOnlyList<PostReply> planned, int posted, ThreadOptions options)
    {
        var left = Math.Max(options.MaxReplies - posted, 0);
        var taken = planned.Take(left).ToList();
        if (taken.Count > 0 && taken.Count == left)
        {
            // the end of a long text goes rather than the notice
            var room = CardLimits.Reply - LastWords.Length - 1;
            taken[^1] = taken[^1] with { Text = $"{PlainText.Line(taken[^1].Text, room)} {LastWords}" };
        }

        return taken;
    }
}

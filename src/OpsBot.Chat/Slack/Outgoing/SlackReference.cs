namespace OpsBot.Chat.Slack.Outgoing;

/// <summary>Names a message of Slack: the channel and its time stamp, <c>C024BE91L/1700000000.000100</c>. Of a card it names the thread too.</summary>
internal readonly record struct SlackReference(string Channel, string Ts)
{
    public override string ToString() => $"{Channel}/{Ts}";

    public static SlackReference? Parse(string? text)
    {
        var parts = (text ?? "").Split('/');
        return parts.Length == 2 && parts[0].Length > 0 && parts[1].Length > 0 ? new SlackReference(parts[0], parts[1]) : null;
    }
}

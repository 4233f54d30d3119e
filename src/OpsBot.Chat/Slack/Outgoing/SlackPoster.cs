using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using OpsBot.Chat.Slack.Blocks;
using OpsBot.Chat.Slack.Wire;

namespace OpsBot.Chat.Slack.Outgoing;

/// <summary>Posts and edits single messages, in the channel's pace and with blocks that Slack takes.</summary>
internal sealed class SlackPoster(SlackApi api, ILogger<SlackPoster> log)
{
    /// <param name="text">What notifications say; escaped already.</param>
    /// <param name="deliveryId">Kept with the message, so that it is found again.</param>
    public async Task<SlackAnswer> PostAsync(string channel, string? thread, string text, JsonArray blocks, string deliveryId, int part, CancellationToken cancellationToken)
    {
        if (await api.Pace.MessageAsync(channel, cancellationToken) is { } wait)
            return new SlackAnswer.Later(wait, $"more waits for {channel} than Slack takes", NotDone: true);
        var metadata = new JsonObject
        {
            ["event_type"] = SlackLookup.EventType,
            ["event_payload"] = new JsonObject { ["delivery_id"] = deliveryId, ["part"] = part.ToString(CultureInfo.InvariantCulture) },
        };
        var answer = await api.CallAsync(
            "chat.postMessage", cancellationToken,
            ("channel", channel), ("thread_ts", thread), ("text", text), ("blocks", Checked(blocks)), ("metadata", metadata),
            // nothing in the text is markup, a name or a link, and no link is opened
            ("mrkdwn", false), ("parse", "none"), ("link_names", false), ("unfurl_links", false), ("unfurl_media", false));
        api.Pace.Posted(channel);
        return answer;
    }

    public async Task<SlackAnswer> EditAsync(SlackReference message, string text, JsonArray blocks, CancellationToken cancellationToken) =>
        await api.Pace.EditAsync(cancellationToken) is { } wait
            ? new SlackAnswer.Later(wait, "more edits wait than Slack takes", NotDone: true)
            : await api.CallAsync(
                "chat.update", cancellationToken,
                ("channel", message.Channel), ("ts", message.Ts), ("text", text), ("blocks", Checked(blocks)), ("parse", "none"), ("link_names", false));

    /// <summary>Only the one sees it; Slack keeps it nowhere, so it cannot be found again.</summary>
    public Task<SlackAnswer> WhisperAsync(string channel, string? thread, string user, string text, JsonArray blocks, CancellationToken cancellationToken) => api.CallAsync(
        "chat.postEphemeral", cancellationToken,
        ("channel", channel), ("user", user), ("thread_ts", thread), ("text", text), ("blocks", Checked(blocks)), ("parse", "none"), ("link_names", false));

    /// <summary>The same by the address that came with a command or a button; it works where the bot is no member.</summary>
    public Task<SlackAnswer> RespondAsync(Uri address, string text, JsonArray blocks, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["response_type"] = "ephemeral", ["replace_original"] = false, ["text"] = text };
        if (Checked(blocks) is { } fine)
            body["blocks"] = fine;
        return api.SendAsync("response_url", address, new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"), cancellationToken);
    }

    /// <summary>The blocks, or none where Slack would refuse the whole message for them: then its text still arrives.</summary>
    private JsonArray? Checked(JsonArray blocks)
    {
        if (BlockRules.OfMessage(blocks) is not [var problem, ..])
            return (JsonArray)blocks.DeepClone();
        SlackLog.WrongBlocks(log, problem);
        return null;
    }
}

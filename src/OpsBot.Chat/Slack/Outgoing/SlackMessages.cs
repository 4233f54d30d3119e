using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Slack.Blocks;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Chat.Threads;

namespace OpsBot.Chat.Slack.Outgoing;

/// <summary>What is to stand in a channel or thread: one message, or several and files where it is long or has charts.</summary>
internal sealed record SlackDraft(string Channel, string? Thread, string DeliveryId, PlainText Text)
{
    public IReadOnlyList<ReplyAttachment> Attachments { get; init; } = [];

    public IReadOnlyList<ProposedDecision> Decisions { get; init; } = [];

    public AnswerForm? Form { get; init; }

    /// <summary>What notifications say.</summary>
    public string Summary => SlackText.Fit(Text.IsEmpty ? "(nothing)" : Text.Value, 300);

    /// <summary>The blocks of each message, in order, without pictures.</summary>
    public List<JsonArray> Messages(out bool attached)
    {
        var messages = TextBlocks.Of(Text, out attached).ToList();
        TextBlocks.AddChoices(messages[^1], Decisions, Form is { } form ? AnswerFormValue.Of(form) : null);
        return messages;
    }

    /// <summary>A name that a file of this delivery alone has, so that it is found again.</summary>
    public string FileName(string name) =>
        $"{Path.GetFileNameWithoutExtension(name)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DeliveryId)))[..16]}{Path.GetExtension(name)}";
}

/// <summary>Posts a draft in as many steps as it takes. Of several some may have been done by an earlier try: what stands is looked up first and left out.</summary>
internal sealed class SlackMessages(SlackPoster poster, SlackUploads uploads, SlackLookup lookup, TimeProvider clock)
{
    private const int MostAttachments = 5;

    // of an earlier try that is older, the program has found out by itself
    private static readonly TimeSpan LookBack = TimeSpan.FromMinutes(30), PictureWait = TimeSpan.FromSeconds(2);

    /// <returns>The last call's end, and the message that stands for the whole where it had been posted before.</returns>
    public async Task<(SlackAnswer Answer, SlackReference? Before)> PostAsync(SlackDraft draft, CancellationToken cancellationToken)
    {
        var messages = draft.Messages(out var attached);
        var before = LookedUp.Nothing;
        if (messages.Count > 1 || attached || draft.Attachments.Count > 0)
        {
            before = await lookup.FindAsync(draft.Channel, draft.Thread, draft.DeliveryId, clock.GetUtcNow() - LookBack, cancellationToken, until: clock.GetUtcNow());
            if (before.Parts.TryGetValue(0, out var whole))
                return (new SlackAnswer.Done(default), whole);
            if (before.Problem is SlackAnswer.Later busy)
                return (busy with { NotDone = false }, null);
        }

        var plain = (JsonArray)messages[^1].DeepClone();
        if (await FilesAsync(draft, attached, messages[^1], before, cancellationToken) is { } failed)
            return (failed, null);
        SlackAnswer last = new SlackAnswer.Refused("nothing", "there was nothing to say");
        for (var i = 0; i < messages.Count; i++)
        {
            // the last is number 0: it is what stands for the whole when it is looked for
            var part = i == messages.Count - 1 ? 0 : i + 1;
            if (before.Parts.ContainsKey(part))
                continue;
            last = await poster.PostAsync(draft.Channel, draft.Thread, draft.Summary, messages[i], draft.DeliveryId, part, cancellationToken);
            // a picture that was uploaded just now may not be ready to be shown yet
            for (var tries = 0; tries < 2 && part == 0 && draft.Attachments.Count > 0 && last is SlackAnswer.Refused { Error: "invalid_blocks" }; tries++)
            {
                await Task.Delay(PictureWait, clock, cancellationToken);
                last = await poster.PostAsync(draft.Channel, draft.Thread, draft.Summary, tries == 0 ? messages[i] : plain, draft.DeliveryId, part, cancellationToken);
            }

            if (last is not SlackAnswer.Done)
                return (last is SlackAnswer.Later later && i > 0 ? later with { NotDone = false } : last, null);
        }

        return (last, null);
    }

    /// <summary>Uploads what goes with it: pictures into the last message, and what cannot be one as a file of its own. What failed; null where all went well.</summary>
    private async Task<SlackAnswer?> FilesAsync(SlackDraft draft, bool attached, JsonArray last, LookedUp before, CancellationToken cancellationToken)
    {
        var files = new List<(string Name, byte[] Bytes, string Title)>();
        if (attached)
            files.Add((draft.FileName("answer.txt"), Encoding.UTF8.GetBytes(draft.Text.Value), "The whole answer"));
        foreach (var attachment in draft.Attachments.Take(MostAttachments))
        {
            if (attachment.MediaType.StartsWith("image/", StringComparison.Ordinal) && await uploads.PictureAsync(attachment, cancellationToken) is { } picture)
                last.Add(TextBlocks.Picture(picture, attachment.Title));
            else
                files.Add((draft.FileName(attachment.Name), attachment.Bytes, attachment.Title.Value));
        }

        foreach (var (name, bytes, title) in files.Where(file => file.Bytes.Length > 0 && !before.Files.Contains(file.Name)))
        {
            if (await uploads.ShareAsync(name, bytes, title, draft.Channel, draft.Thread, cancellationToken) is not SlackAnswer.Done and { } failed)
                return failed is SlackAnswer.Later later ? later with { NotDone = false } : failed;
        }

        return null;
    }
}

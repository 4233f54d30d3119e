using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Chat.Threads;

namespace OpsBot.Chat.Slack.Outgoing;

/// <summary>The external upload: an address is asked for, the bytes go there, and the file is completed; shown in a message by its id, or shared in a thread.</summary>
internal sealed class SlackUploads(SlackApi api, ChartPicture charts, SlackOptions options, ILogger<SlackUploads> log)
{
    private static readonly int[] Widths = [960];

    /// <summary>Uploads a chart without sharing it: the message that shows it names its id. Null where that cannot be, and the words have to do.</summary>
    public async Task<string?> PictureAsync(ReplyAttachment attachment, CancellationToken cancellationToken)
    {
        if (await charts.PngAsync(attachment, Widths, int.MaxValue, cancellationToken) is not { } png)
        {
            SlackLog.NoChart(log, "rsvg-convert (librsvg2-bin) is missing or cannot draw it");
            return null;
        }

        var (file, problem) = await UploadAsync(Path.ChangeExtension(attachment.Name, ".png"), png, attachment.Title.Value, channel: null, thread: null, cancellationToken);
        if (problem is not null)
            SlackLog.NoChart(log, Reason(problem));
        return file;
    }

    /// <summary>Uploads a file and shares it in a thread or channel; the answer of the step that failed, or of the last.</summary>
    public async Task<SlackAnswer> ShareAsync(string name, byte[] bytes, string title, string channel, string? thread, CancellationToken cancellationToken) =>
        (await UploadAsync(name, bytes, title, channel, thread, cancellationToken)).Problem ?? new SlackAnswer.Done(default);

    private async Task<(string? File, SlackAnswer? Problem)> UploadAsync(string name, byte[] bytes, string title, string? channel, string? thread, CancellationToken cancellationToken)
    {
        var begun = await api.CallAsync("files.getUploadURLExternal", cancellationToken, ("filename", name), ("length", bytes.Length.ToString(CultureInfo.InvariantCulture)));
        if (begun is not SlackAnswer.Done { } begin)
            return (null, begun);
        if (begin.Text("file_id") is not { Length: > 0 } file || !Uri.TryCreate(begin.Text("upload_url"), UriKind.Absolute, out var address) || !MayGoTo(address))
            return (null, new SlackAnswer.Refused("bad_upload_url", "files.getUploadURLExternal: gave no address of Slack's"));
        using var content = new ByteArrayContent(bytes);
        if (await api.SendAsync("upload", address, content, cancellationToken) is not SlackAnswer.Done and { } failed)
            return (null, failed);
        var completed = await api.CallAsync(
            "files.completeUploadExternal", cancellationToken,
            ("files", new JsonArray(new JsonObject { ["id"] = file, ["title"] = PlainText.Line(title, 200).Value })), ("channel_id", channel), ("thread_ts", thread));
        return completed is SlackAnswer.Done ? (file, null) : (null, completed);
    }

    /// <summary>What was drawn may show what nobody else should see: it goes to Slack, or to where the Web API is.</summary>
    private bool MayGoTo(Uri address) =>
        (address.Scheme == Uri.UriSchemeHttps && (address.Host == "slack.com" || address.Host.EndsWith(".slack.com", StringComparison.Ordinal)))
        || (address.Scheme == options.Api.Scheme && address.Authority == options.Api.Authority);

    private static string Reason(SlackAnswer answer) => answer switch
    {
        SlackAnswer.Refused refused => refused.Advice,
        SlackAnswer.Later later => later.Reason,
        _ => "",
    };
}

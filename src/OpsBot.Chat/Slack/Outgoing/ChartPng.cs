using OpsBot.Chat.Threads;
using OpsBot.Runtime.Processes;

namespace OpsBot.Chat.Slack.Outgoing;

/// <summary>Makes a PNG of a chart: Slack shows no SVG.</summary>
internal sealed class ChartPng(IProcessRunner programs)
{
    private const string Program = "rsvg-convert";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>Null where it cannot be made.</summary>
    public async Task<byte[]?> OfAsync(ReplyAttachment attachment, CancellationToken cancellationToken)
    {
        if (attachment.MediaType == "image/png")
            return attachment.Bytes;
        if (attachment.MediaType != "image/svg+xml")
            return null;
        var folder = Directory.CreateTempSubdirectory("opsbot-chart-");
        try
        {
            var (source, target) = (Path.Combine(folder.FullName, "chart.svg"), Path.Combine(folder.FullName, "chart.png"));
            await File.WriteAllBytesAsync(source, attachment.Bytes, cancellationToken);
            var result = await programs.RunAsync(
                new ProcessRequest(Program, ["--format", "png", "--width", "960", "--keep-aspect-ratio", "--output", target, source]) { WorkingDirectory = folder.FullName, TimeLimit = TimeLimit, MaxOutputBytes = 4 * 1024 },
                cancellationToken);
            return result is { Outcome: ProcessOutcome.Exited, ExitCode: 0 } && File.Exists(target) ? await File.ReadAllBytesAsync(target, cancellationToken) : null;
        }
        catch (IOException)
        {
            return null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

using System.Globalization;
using OpsBot.Chat.Threads;
using OpsBot.Runtime.Processes;

namespace OpsBot.Chat.Cards;

/// <summary>Makes a PNG of a chart, through <c>rsvg-convert</c>: no chat shows SVG.</summary>
internal sealed class ChartPicture(IProcessRunner programs)
{
    private const string Program = "rsvg-convert";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>The picture as PNG; null where it cannot be made, or not as small, and the words have to do.</summary>
    /// <param name="widths">In pixels, the wanted one first; the first that is small enough is taken. What is PNG already stays as it is.</param>
    /// <param name="maxBytes">Most bytes of the picture.</param>
    public async Task<byte[]?> PngAsync(ReplyAttachment attachment, IReadOnlyList<int> widths, int maxBytes, CancellationToken cancellationToken) => attachment.MediaType switch
    {
        "image/png" when attachment.Bytes.Length <= maxBytes => attachment.Bytes,
        "image/svg+xml" => await ConvertAsync(attachment.Bytes, widths, maxBytes, cancellationToken),
        _ => null,
    };

    private async Task<byte[]?> ConvertAsync(byte[] svg, IReadOnlyList<int> widths, int maxBytes, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("opsbot-chart-");
        try
        {
            var (source, target) = (Path.Combine(folder.FullName, "chart.svg"), Path.Combine(folder.FullName, "chart.png"));
            await File.WriteAllBytesAsync(source, svg, cancellationToken);
            foreach (var width in widths)
            {
                var result = await programs.RunAsync(
                    new ProcessRequest(Program, ["--format", "png", "--width", width.ToString(CultureInfo.InvariantCulture), "--keep-aspect-ratio", "--output", target, source])
                    {
                        WorkingDirectory = folder.FullName,
                        TimeLimit = TimeLimit,
                        MaxOutputBytes = 4 * 1024,
                    },
                    cancellationToken);
                if (result is not { Outcome: ProcessOutcome.Exited, ExitCode: 0 } || !File.Exists(target)) return null;
                if (new FileInfo(target).Length <= maxBytes) return await File.ReadAllBytesAsync(target, cancellationToken);
            }

            return null;
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

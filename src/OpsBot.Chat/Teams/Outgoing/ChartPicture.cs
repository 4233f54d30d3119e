using OpsBot.Chat.Threads;
using OpsBot.Runtime.Processes;

namespace OpsBot.Chat.Teams.Outgoing;

/// <summary>
/// Makes a chart into what a card can hold: a PNG inside the card itself, small enough for it. Teams shows no SVG, and there is no address of ours that
/// its clients could load a picture from.
/// </summary>
internal sealed class ChartPicture(IProcessRunner programs)
{
    /// <summary>Most bytes of a picture; as base64 with its card it stays below what an activity may have.</summary>
    public const int MaxBytes = 18 * 1024;

    private const string Program = "rsvg-convert";

    // the first that is small enough is taken
    private static readonly string[] Widths = ["640", "420"];
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>The picture as a data address; null where it cannot be made, and the words have to do.</summary>
    public async Task<string?> DataAddressAsync(ReplyAttachment attachment, CancellationToken cancellationToken) => attachment.MediaType switch
    {
        "image/png" when attachment.Bytes.Length <= MaxBytes => Address(attachment.Bytes),
        "image/svg+xml" => await ConvertAsync(attachment.Bytes, cancellationToken) is { } png ? Address(png) : null,
        _ => null,
    };

    private static string Address(byte[] png) => "data:image/png;base64," + Convert.ToBase64String(png);

    private async Task<byte[]?> ConvertAsync(byte[] svg, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("opsbot-chart-");
        try
        {
            var (source, target) = (Path.Combine(folder.FullName, "chart.svg"), Path.Combine(folder.FullName, "chart.png"));
            await File.WriteAllBytesAsync(source, svg, cancellationToken);
            foreach (var width in Widths)
            {
                var result = await programs.RunAsync(
                    new ProcessRequest(Program, ["--format", "png", "--width", width, "--keep-aspect-ratio", "--output", target, source])
                    {
                        WorkingDirectory = folder.FullName,
                        TimeLimit = TimeLimit,
                        MaxOutputBytes = 4 * 1024,
                    },
                    cancellationToken);
                if (result is not { Outcome: ProcessOutcome.Exited, ExitCode: 0 } || !File.Exists(target)) return null;
                if (new FileInfo(target).Length <= MaxBytes) return await File.ReadAllBytesAsync(target, cancellationToken);
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

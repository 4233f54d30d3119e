using System.Text.Json;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Runtime.Text;

namespace OpsBot.Evidence.Bundle;

/// <summary><c>commands.jsonl</c>: recorded read-only commands, replayed in place of the real program.</summary>
internal sealed class BundleCommands(BundleFolder folder) : BundleSource(folder, "commands")
{
    protected override Observations? Collect(EvidenceRequest request, List<SourceProblem> problems, CancellationToken cancellationToken)
    {
        if (Folder.Find("commands.jsonl") is not { } file)
        {
            return null;
        }

        using var stream = Folder.Open(file, request.Bounds.MaxBytes);
        using var lines = new LineReader(stream);
        var commands = new List<CommandOutput>();
        var bad = 0;
        while (commands.Count < request.Bounds.MaxRows && lines.Read() is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Read(line) is { } command)
            {
                commands.Add(command);
            }
            else if (line.AsSpan().Trim().Length > 0)
            {
                bad++;
            }
        }

        ReportBad(problems, file, bad);
        ReportCut(problems, file, stream, lines);
        return new Observations { Commands = commands, LookedAt = [$"{commands.Count} recorded commands"] };
    }

    private static CommandOutput? Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(JsonEscapes.Mended(line));
            var json = document.RootElement;
            if (json.Text("command") is not { } command)
            {
                return null;
            }

            var output = json.Get("stdout") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
            return new CommandOutput(command, output, json.Number("exit") is { } exit ? (int)Math.Clamp(exit, int.MinValue, int.MaxValue) : null, json.Time("time"));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

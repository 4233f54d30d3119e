using System.Globalization;
using System.Text;
using OpsBot.Contracts.Actions;
using OpsBot.Runtime.Processes;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Actions.Gates;

/// <summary>What the end of a gate's process means. The one place where a verdict that passes is made.</summary>
internal static class GateRun
{
    private const int LongestReason = 300;

    public static GateVerdict Judge(string gate, ProcessResult result, TimeSpan limit, int maxOutput, IRedactor redactor)
    {
        GateVerdict Denied(string reason) => GateVerdict.Denied(gate, reason);
        if (result.Outcome == ProcessOutcome.NotStarted)
        {
            return Denied($"could not be started: {result.StartError}");
        }

        if (result.Outcome == ProcessOutcome.TimedOut)
        {
            return Denied(string.Create(CultureInfo.InvariantCulture, $"gave no answer within {limit.TotalSeconds:0.###} s and was killed"));
        }

        if (result.Output.CutBytes > 0 || result.Error.CutBytes > 0)
        {
            return Denied($"printed more than {maxOutput} bytes; what it meant to say is not known");
        }

        if (!IsText(result.Output) || !IsText(result.Error))
        {
            return Denied("printed something that is not text in UTF-8; what it meant to say is not known");
        }

        var said = FirstLine(redactor.Redact(result.Output.Text)) ?? FirstLine(redactor.Redact(result.Error.Text));
        return result.ExitCode switch
        {
            0 => new GateVerdict(gate, passed: true, said ?? "passed"),
            > 128 and < 193 and var code => Denied($"was ended by signal {code - 128}" + (said is null ? "" : $": {said}")),
            var code => Denied(said ?? string.Create(CultureInfo.InvariantCulture, $"denied with exit status {code} and gave no reason")),
        };
    }

    private static bool IsText(CapturedOutput output) => output.IsUtf8 && !output.Text.Contains('\0', StringComparison.Ordinal);

    private static string? FirstLine(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (Shown(line.Trim()) is { Length: > 0 } shown)
            {
                return shown;
            }
        }

        return null;
    }

    /// <summary>A gate's words come from wherever it looked: no control or direction characters, and no more than a sentence.</summary>
    private static string Shown(ReadOnlySpan<char> line)
    {
        var shown = new StringBuilder();
        foreach (var rune in line.EnumerateRunes())
        {
            if (shown.Length >= LongestReason)
            {
                return shown.Append('…').ToString();
            }

            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse))
            {
                shown.Append(rune);
            }
        }

        return shown.ToString();
    }
}

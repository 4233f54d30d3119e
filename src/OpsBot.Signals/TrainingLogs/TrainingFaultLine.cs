using System.Text.RegularExpressions;
using OpsBot.Runtime.Text;

namespace OpsBot.Signals.TrainingLogs;

/// <summary>Reads what one line of a job's log or of a node's kernel log says is wrong. The text is a stranger's and is only ever read.</summary>
public static class TrainingFaultLine
{
    /// <summary>The fault that this line tells of; null for nearly every line.</summary>
    public static TrainingFault? Read(string line)
    {
        var text = TerminalLine.Clean(line);
        try
        {
            return ReadClean(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static TrainingFault? ReadClean(string text) =>
        DriverLine.Read(text) is { } driver
            ? driver with { Node = FaultPlace.Host(text), Rank = null }
            : FaultPatterns.Read(text) is { } fault ? FaultPlace.Add(fault, text) : null;
}

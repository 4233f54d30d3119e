using System.Globalization;
using System.Text;
using OpsBot.Runtime.Processes;

namespace OpsBot.Ingress.Polls;

/// <summary>Runs a program that prints what there is: squeue, sacct, kubectl.</summary>
internal sealed class CommandPoll(PollOptions options, IProcessRunner runner) : IPoll
{
    private const int MaxBytes = 64 << 20;

    public async Task<PollAnswer> AskAsync(CancellationToken cancellationToken)
    {
        var result = await runner.RunAsync(
            new ProcessRequest(options.Run[0], [.. options.Run.Skip(1)]) { Environment = options.Environment, TimeLimit = options.TimeLimit, MaxOutputBytes = MaxBytes }, cancellationToken);
        return result switch
        {
            { Outcome: ProcessOutcome.NotStarted } => PollAnswer.Failed(result.StartError!),
            { Outcome: ProcessOutcome.TimedOut } => PollAnswer.Failed(string.Create(CultureInfo.InvariantCulture, $"killed after {options.TimeLimit.TotalSeconds:0.#} s")),
            { ExitCode: not 0 } => PollAnswer.Failed($"exit status {result.ExitCode}: {FirstLine(result.Error.Text)}"),
            { Output.CutBytes: > 0 } => PollAnswer.Failed($"it printed {result.Output.Bytes} bytes; at most {MaxBytes} are read. Narrow what it prints"),
            _ => new PollAnswer(Encoding.UTF8.GetBytes(result.Output.Text), null),
        };
    }

    private static string FirstLine(string text)
    {
        var line = text.Trim().Split('\n')[0].Trim();
        return line.Length > 200 ? line[..200] + "…" : line;
    }
}

using System.Globalization;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Evidence.Limits;
using OpsBot.Runtime.Processes;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Evidence.Commands;

/// <summary>What an allow-listed command prints.</summary>
internal sealed class CommandSource(CommandOptions options, IProcessRunner runner, IRedactor redactor, TimeProvider time) : IEvidenceSource
{
    private readonly SourceLimit _limit = SourceLimit.PerMinute("runs", options.RunsPerMinute, options.MaxConcurrent, time);

    public string Name => $"command {options.Name}";

    public async Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        IReadOnlyList<string>? arguments;
        try
        {
            if (options.Run.Count == 0) throw new FormatException("The command has no program; give 'run'.");
            arguments = CommandLineTemplate.Fill(options.Run, request.Incident, out var missing);
            if (arguments is null) return Observations.None with { LookedAt = [$"{Name}: not run, the incident states no {missing}"] };
        }
        catch (FormatException e)
        {
            return Failed(Name, e.Message);
        }

        var command = redactor.Redact(CommandLineTemplate.Display(arguments));
        using var budget = new TimeBudget(request.Bounds.Deadline, time, cancellationToken);
        using var turn = await _limit.EnterAsync(budget);
        if (turn is null)
        {
            EvidenceMetrics.CountSpared(Name);
            return Failed($"{Name}: not run", _limit.Spared(budget.Total));
        }

        var at = time.GetUtcNow();
        var limit = options.TimeLimit < budget.Left ? options.TimeLimit : budget.Left;
        var result = await runner.RunAsync(
            new ProcessRequest(arguments[0], [.. arguments.Skip(1)])
            {
                TimeLimit = limit,
                MaxOutputBytes = (int)Math.Clamp(request.Bounds.MaxBytes, 1, options.MaxOutputBytes),
                WorkingDirectory = options.WorkingDirectory,
                Environment = options.Environment,
            },
            cancellationToken);
        if (result.Outcome == ProcessOutcome.NotStarted) return Failed(command, result.StartError!);

        var problems = new List<SourceProblem>();
        if (result.Outcome == ProcessOutcome.TimedOut) problems.Add(Partial(string.Create(CultureInfo.InvariantCulture, $"killed after {limit.TotalSeconds:0.#} s")));
        if (result.Output.CutBytes > 0) problems.Add(Partial(string.Create(CultureInfo.InvariantCulture, $"{result.Output.CutBytes} of {result.Output.Bytes} bytes were cut")));
        var output = result.Error.Bytes == 0 ? result.Output.Text : $"{result.Output.Text}\n[standard error]\n{result.Error.Text}";
        return Observations.None with
        {
            Commands = request.Bounds.MaxRows > 0 ? [new CommandOutput(command, redactor.Redact(output), result.ExitCode, at)] : [],
            LookedAt = [$"{Name}: {command}"],
            Problems = problems,
        };
    }

    private SourceProblem Partial(string reason) => new(Name, reason, Partial: true);

    private Observations Failed(string looked, string reason) =>
        Observations.None with { LookedAt = [looked], Problems = [new SourceProblem(Name, redactor.Redact(reason), Partial: false)] };
}

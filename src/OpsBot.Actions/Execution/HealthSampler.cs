using System.Globalization;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Processes;

namespace OpsBot.Actions.Execution;

/// <summary>Reads health: of each check the median of three samples, a moment apart.</summary>
internal sealed class HealthSampler(IProcessRunner runner, TimeProvider clock, IMetricReader? metrics = null)
{
    private const int Samples = 3;

    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(50);

    /// <summary>By name of the check; what cannot be read stands in the problems, one sentence each.</summary>
    public async Task<HealthReading> ReadAsync(IReadOnlyList<PlannedHealth> checks, CancellationToken cancellationToken)
    {
        var values = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var check in checks)
        {
            var (value, problem) = await MedianAsync(check, cancellationToken);
            if (value is { } number)
            {
                values[check.Check.Name] = number;
            }
            else
            {
                problems.Add($"{check.Check.Name} cannot be read: {problem}.");
            }
        }

        return new HealthReading(values, problems);
    }

    private async Task<(double? Value, string? Problem)> MedianAsync(PlannedHealth check, CancellationToken cancellationToken)
    {
        var samples = new double[Samples];
        for (var i = 0; i < Samples; i++)
        {
            if (i > 0)
            {
                await Task.Delay(Apart, clock, cancellationToken);
            }

            var (value, problem) = await SampleAsync(check, cancellationToken);
            if (value is null)
            {
                return (null, problem);
            }

            samples[i] = value.Value;
        }

        Array.Sort(samples);
        return (samples[Samples / 2], null);
    }

    private async Task<(double? Value, string? Problem)> SampleAsync(PlannedHealth check, CancellationToken cancellationToken)
    {
        if (check.Command is null)
        {
            var reading = metrics is null || check.Prometheus is null
                ? new MetricReading(null, "no Prometheus server is configured under evidence.prometheus")
                : await metrics.ReadAsync(check.Prometheus, cancellationToken);
            return (reading.Value, reading.Problem);
        }

        var result = await runner.RunAsync(check.Command.ToRequest(), cancellationToken);
        return result switch
        {
            { Outcome: ProcessOutcome.NotStarted } => (null, result.StartError),
            { Outcome: ProcessOutcome.TimedOut } => (null, string.Create(CultureInfo.InvariantCulture, $"it did not end within {check.Command.TimeLimit}")),
            { ExitCode: not 0 } => (null, string.Create(CultureInfo.InvariantCulture, $"it ended with exit status {result.ExitCode}")),
            _ => HealthJudge.LastNumber(result.Output.Text) is { } number ? (number, null) : (null, "its last line is no number"),
        };
    }
}

internal sealed record HealthReading(IReadOnlyDictionary<string, double> Values, IReadOnlyList<string> Problems);

using System.ComponentModel.DataAnnotations;
using OpsBot.Evidence.Commands;
using OpsBot.Evidence.Files;
using OpsBot.Evidence.Prometheus;

namespace OpsBot.Evidence;

// evidence:
//   logs: [{ name, path, glob, service, pattern, utcOffset, readsPerMinute, maxConcurrent }]
//   prometheus: [{ name, url, bearerFile, requestsPerSecond, burst, maxConcurrent, queries: [{ name, expr, service }] }]
//   commands: [{ name, run: [program, argument], runsPerMinute, maxConcurrent }]

/// <summary>Where a diagnosis may look. Nothing is looked at unless it is named here.</summary>
public sealed class EvidenceOptions
{
    [MaxLength(100)]
    public List<LogFolderOptions> Logs { get; set; } = [];

    [MaxLength(100)]
    public List<PrometheusOptions> Prometheus { get; set; } = [];

    [MaxLength(200)]
    public List<CommandOptions> Commands { get; set; } = [];

    /// <summary>What is wrong with these options, each with where it stands (<c>logs[0]: …</c>); empty where nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var wrong = new List<string>();
        Check("evidence", this, wrong);
        for (var i = 0; i < Logs.Count; i++) Check($"evidence.logs[{i}]", Logs[i], wrong);
        for (var i = 0; i < Commands.Count; i++) Check($"evidence.commands[{i}]", Commands[i], wrong);
        for (var i = 0; i < Prometheus.Count; i++)
        {
            Check($"evidence.prometheus[{i}]", Prometheus[i], wrong);
            for (var q = 0; q < Prometheus[i].Queries.Count; q++) Check($"evidence.prometheus[{i}].queries[{q}]", Prometheus[i].Queries[q], wrong);
        }

        return wrong;
    }

    private static void Check(string where, object options, List<string> wrong)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        wrong.AddRange(results.Select(r => $"{where}: {r.ErrorMessage}"));
    }
}

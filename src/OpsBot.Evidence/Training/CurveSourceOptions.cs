using System.ComponentModel.DataAnnotations;
using OpsBot.Evidence.Training.Csv;
using OpsBot.Evidence.Training.Logs;
using OpsBot.Evidence.Training.Mlflow;
using OpsBot.Evidence.Training.Prometheus;
using OpsBot.Evidence.Training.TensorBoard;

namespace OpsBot.Evidence.Training;

// exactly one of
//   log:         { path: "/logs/{job}/*.out" }
//   csv:         { path: "/runs/{job}/metrics.csv" }
//   tensorboard: { path: "/runs/{job}" }
//   mlflow:      { url: "http://mlflow:5000", run: "{job}", bearerFile: /run/secrets/mlflow }
//   prometheus:  { server: main, metrics: { loss: 'train_loss{job="{job}"}' }, step: 'train_step{job="{job}"}' }

/// <summary>Where the metrics of a training run are. <c>{job}</c>, <c>{name}</c> and whatever else the caller fills in may stand in paths, runs and queries.</summary>
public sealed class CurveSourceOptions
{
    /// <summary>A job's log, or JSON lines.</summary>
    public JobLogOptions? Log { get; set; }

    public CsvOptions? Csv { get; set; }

    public TensorBoardOptions? TensorBoard { get; set; }

    public MlflowOptions? Mlflow { get; set; }

    public PrometheusCurveOptions? Prometheus { get; set; }

    /// <summary>What is wrong with these options, each beginning with <paramref name="where"/>; empty where nothing is.</summary>
    public IReadOnlyList<string> Validate(string where)
    {
        object[] named = [.. new object?[] { Log, Csv, TensorBoard, Mlflow, Prometheus }.OfType<object>()];
        if (named.Length != 1)
            return [$"{where}: names {named.Length} sources of metrics; give exactly one of log, csv, tensorboard, mlflow, prometheus"];
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(named[0], new ValidationContext(named[0]), results, validateAllProperties: true);
        return [.. results.Select(result => $"{where}: {result.ErrorMessage}")];
    }
}

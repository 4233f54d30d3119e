using System.ComponentModel.DataAnnotations;

namespace OpsBot.Evidence.Training.Mlflow;

// mlflow: { url: "http://mlflow:5000", run: "{job}", bearerFile: /run/secrets/mlflow, metrics: [loss, val_auc] }

/// <summary>A run on an MLflow tracking server.</summary>
public sealed class MlflowOptions
{
    /// <summary>Base address; the API is expected at <c>api/2.0/mlflow</c> below it.</summary>
    [Required, Url]
    public string Url { get; set; } = "";

    /// <summary>The run's id.</summary>
    [Required, MaxLength(200)]
    public string Run { get; set; } = "";

    public string? Bearer { get; set; }

    public string? BearerFile { get; set; }

    public string? Username { get; set; }

    public string? PasswordFile { get; set; }

    /// <summary>Only these metrics. Default: all that the run has.</summary>
    [MaxLength(200)]
    public List<string> Metrics { get; set; } = [];

    /// <summary>Longest time of one request.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}

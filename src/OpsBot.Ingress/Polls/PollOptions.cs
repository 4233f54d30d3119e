using System.ComponentModel.DataAnnotations;

namespace OpsBot.Ingress.Polls;

// senders:
//   polls:
//     - { source: slurm, every: 30s, run: [squeue, --json, --states=all] }
//     - { source: kubeflow, every: 30s, run: [kubectl, get, "pytorchjobs.kubeflow.org,trainjobs.trainer.kubeflow.org", -A, -o, json], environment: { KUBECONFIG: /etc/opsbot/kubeconfig } }
//     - { source: mlflow, every: 60s, url: "http://mlflow:5000", experiments: ["1"], bearer: "..." }
//     - { source: wandb, every: 60s, entity: my-team, project: my-project, apiKey: "..." }

/// <summary>A sender that does not send and is asked. What it answers passes the same reader as what others post.</summary>
public sealed class PollOptions
{
    private const int MostVariables = 100;

    /// <summary>Who is asked: slurm, kubeflow, mlflow or wandb.</summary>
    [Required, AllowedValues("slurm", "kubeflow", "mlflow", "wandb")]
    public string Source { get; set; } = "";

    [Range(typeof(TimeSpan), "00:00:02", "1.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The program and its arguments, for slurm and kubeflow. It must only read; no shell sees it.</summary>
    [MaxLength(100)]
    public List<string> Run { get; set; } = [];

    /// <summary>Variables that the program gets besides PATH, HOME and the like; nothing else of our own environment.</summary>
    public Dictionary<string, string> Environment { get; set; } = [];

    /// <summary>Base address of MLflow, or W&amp;B's GraphQL endpoint where it is not api.wandb.ai.</summary>
    [Url]
    public string? Url { get; set; }

    /// <summary>Token for MLflow.</summary>
    public string? Bearer { get; set; }

    /// <summary>Experiments of MLflow, by id.</summary>
    [MaxLength(100)]
    public List<string> Experiments { get; set; } = [];

    /// <summary>API key of W&amp;B.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Team or user of W&amp;B.</summary>
    [MaxLength(200)]
    public string? Entity { get; set; }

    [MaxLength(200)]
    public string? Project { get; set; }

    /// <summary>Longest time of one look.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What ended longer ago than this is passed over by the first look after a start: yesterday's failures are no news.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan LookBack { get; set; } = TimeSpan.FromHours(1);

    /// <summary>What is wrong, beyond the bounds; null where nothing is.</summary>
    internal string? Problem() => Source switch
    {
        "slurm" or "kubeflow" when Run.Count == 0 || string.IsNullOrWhiteSpace(Run[0]) => $"{Source} is asked with a program: give run",
        _ when Environment.Count > MostVariables => $"environment has {Environment.Count} variables; at most {MostVariables}",
        _ when Environment.Keys.FirstOrDefault(name => name.Length == 0 || name.AsSpan().IndexOfAny('=', '\0') >= 0) is { } name => $"environment: '{name}' names no variable",
        "mlflow" or "wandb" when Environment.Count > 0 => $"{Source} is asked over HTTP: environment is for programs that run",
        "mlflow" when string.IsNullOrEmpty(Url) => "mlflow is asked at an address: give url",
        "mlflow" when Experiments.Count == 0 => "MLflow gives the runs of experiments: give experiments, by id",
        "wandb" when string.IsNullOrEmpty(Entity) || string.IsNullOrEmpty(Project) => "W&B gives the runs of a project: give entity and project",
        "wandb" when string.IsNullOrWhiteSpace(ApiKey) => "W&B wants a key: give apiKey",
        _ => null,
    };
}

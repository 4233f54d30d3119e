using System.ComponentModel.DataAnnotations;

namespace OpsBot.Evidence.Training.Prometheus;

// prometheus:
//   server: main                              a name of evidence.prometheus; default: the first
//   metrics: { loss: 'train_loss{job="{job}"}' }
//   step: 'train_step{job="{job}"}'           without it points are numbered by time, one an interval
//   interval: 00:00:30

/// <summary>Metrics of a run that Prometheus scrapes. Each expression must give one series.</summary>
public sealed class PrometheusCurveOptions
{
    [MaxLength(100)]
    public string? Server { get; set; }

    /// <summary>PromQL by the metric's name. <c>{job}</c> and the like may stand inside quotes.</summary>
    [Required, MinLength(1), MaxLength(50)]
    public Dictionary<string, string> Metrics { get; set; } = [];

    /// <summary>PromQL of the step.</summary>
    [MaxLength(8_000)]
    public string? Step { get; set; }

    /// <summary>How far apart points are.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How far back the first look goes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan LookBack { get; set; } = TimeSpan.FromHours(1);
}

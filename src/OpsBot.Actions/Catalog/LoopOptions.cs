using System.ComponentModel.DataAnnotations;

namespace OpsBot.Actions.Catalog;

// loop:
//   over: setting                       # the parameter that is another one in each run
//   values: [RATE=0.03, RATE=0.01]
//   watch: ranker                       # the declared watch of a training run that says whether it is reached
//   gpuHours: 40

/// <summary>
/// The action runs with one value after the other until a watched training run reaches its target: one proposal, one approval, and each run through all gates again.
/// The command prints the number of the job that it began as its last line.
/// </summary>
public sealed class LoopOptions
{
    /// <summary>Name of a parameter. Nobody else may give it.</summary>
    [Required, MaxLength(60)]
    public string Over { get; set; } = "";

    /// <summary>Its values in their order, none twice; 20 at most.</summary>
    [MinLength(1), MaxLength(20)]
    public List<string> Values { get; set; } = [];

    /// <summary>Name under <c>watches</c> of the training watch that begins with each job.</summary>
    [Required, MaxLength(100)]
    public string Watch { get; set; } = "";

    /// <summary>Runs at most. Default: one for each value.</summary>
    [Range(1, 20)]
    public int? Runs { get; set; }

    /// <summary>GPU-hours of all its jobs together after which nothing more is begun. Default: not counted.</summary>
    [Range(0.001, 10_000_000.0)]
    public double? GpuHours { get; set; }

    /// <summary>GPUs of a job whose scheduler does not say how many it has. Default: such a job ends a loop that counts them.</summary>
    [Range(1, 1_000_000)]
    public int? Gpus { get; set; }

    /// <summary>How long after its proposal the last run may begin. Default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "31.00:00:00")]
    public TimeSpan For { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often it looks how the job does. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(1);
}

using System.ComponentModel.DataAnnotations;
using OpsBot.Evidence.Training;
using OpsBot.Watches.Canaries;

namespace OpsBot.Watches.Declared;

// watches:
//   - name: checkout errors
//     query: { expr: 'sum(rate(errors_total{service="checkout"}[5m]))', op: '<', value: 0.01, inRow: 3 }
//     every: 1m
//     for: 8h
//     start: { cron: "0 0 9 ? * MON-FRI", timeZone: Europe/Berlin }
//   - name: ranker
//     training: { metric: auc, op: '>=', target: 0.78, budgetSteps: 20000, curve: { log: { path: "/runs/{job}/metrics.jsonl" } } }
//     for: 12h
//     start: { event: { jobs: ["ranker-*"], users: [ana], environments: [research] } }
//   - name: queue drained                  # neither cron nor event: 'watch start "queue drained"'
//     query: { expr: queue_depth, op: '<', value: 10, until: true }

/// <summary>Watches that begin by themselves, or by their name.</summary>
public sealed class WatchesOptions : List<WatchDeclaration>
{
    public const string Section = "watches";
}

/// <summary>One watch: exactly one of <see cref="Query"/>, <see cref="Training"/> and <see cref="Canary"/>.</summary>
public sealed class WatchDeclaration
{
    /// <summary>Unique; what people and findings call it.</summary>
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    /// <summary>A metric query with what is expected of it.</summary>
    public QueryOptions? Query { get; set; }

    /// <summary>A training run with what it is to reach.</summary>
    public TrainingOptions? Training { get; set; }

    /// <summary>A new version beside the one before, with what they are compared by.</summary>
    public CanaryOptions? Canary { get; set; }

    /// <summary>How often it looks. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long from its start to its end. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "31.00:00:00")]
    public TimeSpan For { get; set; } = TimeSpan.FromHours(1);

    /// <summary>So many intervals without data are a finding. Default 3.</summary>
    [Range(1, 1000)]
    public int BlindAfter { get; set; } = 3;

    /// <summary>Whose thread it reports in. Default: that of the event, else the one that alerts without any have.</summary>
    [MaxLength(100)]
    public string? Environment { get; set; }

    [MaxLength(200)]
    public string? Service { get; set; }

    /// <summary>The channel that hears the verdict, good or bad: <c>slack:C024BE91L</c>. Default: what ends well is said where somebody asked for it only.</summary>
    [MaxLength(310)]
    public string? Tell { get; set; }

    /// <summary>A thread of its own from the first look on, whose card shows how it goes. Default false: there is one once something is wrong.</summary>
    public bool Thread { get; set; }

    public StartOptions Start { get; set; } = new();
}

/// <summary>When it begins; without any of it when somebody says so.</summary>
public sealed class StartOptions
{
    /// <summary>Second minute hour day-of-month month day-of-week, as Quartz has them.</summary>
    [MaxLength(200)]
    public string? Cron { get; set; }

    /// <summary>Of <see cref="Cron"/>; a name as in the tz database. Default UTC.</summary>
    [Required, MaxLength(100)]
    public string TimeZone { get; set; } = "UTC";

    /// <summary>A training job that begins to run.</summary>
    public JobEventOptions? Event { get; set; }

    /// <summary>A deploy that says that it is a canary.</summary>
    public DeployEventOptions? Deploy { get; set; }
}

/// <summary>Patterns with <c>*</c> and <c>?</c>; an empty list matches any. All that are given must match.</summary>
public sealed class DeployEventOptions
{
    /// <summary>Default: the watch's <see cref="WatchDeclaration.Service"/>, where it has one.</summary>
    [MaxLength(100)]
    public List<string> Services { get; set; } = [];

    [MaxLength(100)]
    public List<string> Environments { get; set; } = [];

    /// <summary>Deploys that do not say that they are canaries too. Default false.</summary>
    public bool All { get; set; }
}

/// <summary>Patterns with <c>*</c> and <c>?</c>; an empty list matches any. All that are given must match.</summary>
public sealed class JobEventOptions
{
    /// <summary>Of the name, or the key where a job has no name.</summary>
    [MaxLength(100)]
    public List<string> Jobs { get; set; } = [];

    [MaxLength(100)]
    public List<string> Users { get; set; } = [];

    [MaxLength(100)]
    public List<string> Environments { get; set; } = [];
}

/// <summary>A query as it is declared. <c>{job}</c>, <c>{name}</c>, <c>{user}</c> and <c>{environment}</c> in it are those of the event.</summary>
public sealed class QueryOptions
{
    /// <summary>Name of the Prometheus server under evidence.prometheus. Default: the first.</summary>
    [MaxLength(100)]
    public string? Source { get; set; }

    /// <summary>PromQL.</summary>
    [Required, MaxLength(4000)]
    public string Expr { get; set; } = "";

    /// <summary>What is wanted: <c>&gt;=</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&lt;</c>, <c>==</c>, <c>!=</c>.</summary>
    [Required, MaxLength(2)]
    public string Op { get; set; } = "";

    [Required]
    public double? Value { get; set; }

    /// <summary>So many intervals in a row count. Default 1.</summary>
    [Range(1, 1000)]
    public int InRow { get; set; } = 1;

    /// <summary>True: it is hoped for and ends the watch. Default false: it is to hold to the end.</summary>
    public bool Until { get; set; }
}

/// <summary>A training run as it is declared.</summary>
public sealed class TrainingOptions
{
    /// <summary>The metric to reach, in the source's name. Without one only what goes wrong is judged.</summary>
    [MaxLength(200)]
    public string? Metric { get; set; }

    /// <summary><c>&gt;=</c> (default) or <c>&lt;=</c>.</summary>
    [Required, MaxLength(2)]
    public string Op { get; set; } = ">=";

    public double? Target { get; set; }

    /// <summary>The last step that the run may take.</summary>
    [Range(1L, long.MaxValue)]
    public long? BudgetSteps { get; set; }

    /// <summary>So long without a step is a hang. Default: an hour, at least 10 usual intervals and twice the longest pause.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "31.00:00:00")]
    public TimeSpan? HangAfter { get; set; }

    /// <summary>Where its metrics are read. <c>{job}</c>, <c>{name}</c>, <c>{user}</c> and <c>{environment}</c> in it are those of the event.</summary>
    [Required]
    public CurveSourceOptions? Curve { get; set; }
}

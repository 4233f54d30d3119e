using System.ComponentModel.DataAnnotations;

namespace OpsBot.Evidence.Prometheus;

// evidence:
//   prometheus:
//     - name: main
//       url: http://prometheus:9090         also a server that speaks its API: Thanos, Mimir, VictoriaMetrics
//       bearerFile: /run/secrets/prometheus or bearer: …; or username and passwordFile
//       timeout: 00:00:10                   of one query
//       requestsPerSecond: 10               of all diagnoses together, after a burst
//       burst: 20
//       maxConcurrent: 4
//       queries:
//         - { name: error rate, expr: 'sum by (service) (rate(http_requests_total{service="{service}",code=~"5.."}[5m]))', service: cart }

/// <summary>A Prometheus server.</summary>
public sealed class PrometheusOptions
{
    [MaxLength(100)]
    public string? Name { get; set; }

    /// <summary>Base address; the API is expected at <c>api/v1</c> below it.</summary>
    [Required, Url]
    public string Url { get; set; } = "";

    public string? Bearer { get; set; }

    public string? BearerFile { get; set; }

    public string? Username { get; set; }

    public string? PasswordFile { get; set; }

    /// <summary>Longest time of one query.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most requests a second once the burst is used up, of all diagnoses of this host together.</summary>
    [Range(0.1, 1_000)]
    public double RequestsPerSecond { get; set; } = 10;

    /// <summary>Requests that need not wait after a quiet time.</summary>
    [Range(1, 1_000)]
    public int Burst { get; set; } = 20;

    /// <summary>Most requests at once, of all diagnoses of this host together.</summary>
    [Range(1, 64)]
    public int MaxConcurrent { get; set; } = 4;

    /// <summary>Points asked for in one series; a server answers at most 11,000.</summary>
    [Range(10, 11_000)]
    public int Points { get; set; } = 360;

    /// <summary>Whether to ask for what the alert itself watches, and for <c>up</c> of its job, besides the queries given.</summary>
    public bool FromAlert { get; set; } = true;

    [MaxLength(200)]
    public List<PrometheusQueryOptions> Queries { get; set; } = [];

    internal string SourceName => $"prometheus {(string.IsNullOrEmpty(Name) ? Url : Name)}";
}

/// <summary>A query that is always asked.</summary>
public sealed class PrometheusQueryOptions
{
    /// <summary>What the metric is called where the answer has no name of its own.</summary>
    [MaxLength(100)]
    public string? Name { get; set; }

    /// <summary>PromQL. <c>{service}</c>, <c>{instance}</c>, <c>{environment}</c> and <c>{label.NAME}</c> may stand inside quotes.</summary>
    [Required]
    public string Expr { get; set; } = "";

    /// <summary>Whose the series are where their labels do not say.</summary>
    public string? Service { get; set; }
}

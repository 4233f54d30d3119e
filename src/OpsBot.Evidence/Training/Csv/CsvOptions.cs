using System.ComponentModel.DataAnnotations;

namespace OpsBot.Evidence.Training.Csv;

// csv: { path: "/runs/{job}/metrics.csv", step: step }

/// <summary>A table with a heading, a row a step: Lightning's CSVLogger, Keras' CSVLogger, one's own.</summary>
public sealed class CsvOptions
{
    [Required, MaxLength(1_000)]
    public string Path { get; set; } = "";

    /// <summary>The column of the step. Default: the first that is called like one, else the epoch, else rows are counted.</summary>
    [MaxLength(100)]
    public string? Step { get; set; }
}

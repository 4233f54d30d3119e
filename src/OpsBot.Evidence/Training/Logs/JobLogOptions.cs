using System.ComponentModel.DataAnnotations;

namespace OpsBot.Evidence.Training.Logs;

// log: { path: "/logs/{job}/*.out" }

/// <summary>A job's log: whatever its trainer prints, or JSON lines.</summary>
public sealed class JobLogOptions
{
    /// <summary>The file; <c>*</c> in its name stands for any part of it. It may appear late, rotate and be cut off.</summary>
    [Required, MaxLength(1_000)]
    public string Path { get; set; } = "";

    /// <summary>Most lines without a metric that one look keeps, the latest of them and those that name a fault.</summary>
    [Range(0, 2_000)]
    public int MaxLines { get; set; } = 200;
}

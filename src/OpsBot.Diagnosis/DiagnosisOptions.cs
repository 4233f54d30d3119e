using System.ComponentModel.DataAnnotations;

namespace OpsBot.Diagnosis;

// diagnosis:
//   sourceDeadlineSeconds: 20
//   abstainBelow: 0.35
//   lookback: 1h

/// <summary>How diagnoses are made.</summary>
public sealed class DiagnosisOptions
{
    /// <summary>Longest one source may take, seconds; 20 unless told. A slower one is reported as not available.</summary>
    [Range(1, 600)]
    public int SourceDeadlineSeconds { get; set; } = 20;

    /// <summary>A likeliest cause less probable than this is not named; 0.35 unless told.</summary>
    [Range(0, 1)]
    public double AbstainBelow { get; set; } = 0.35;

    /// <summary>How far before the incident's start a live diagnosis looks, to have something to compare with; 1 h unless told.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "2.00:00:00")]
    public TimeSpan Lookback { get; set; } = TimeSpan.FromHours(1);
}

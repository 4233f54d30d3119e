using System.ComponentModel.DataAnnotations;

namespace OpsBot.Incidents.Flow;

// incidents:
//   diagnoseAfter: 00:00:03
//   diagnoseGap: 00:01:00
//   diagnosisPatience: 00:10:00
//   maxDiagnoses: 10
//   worseFactor: 5
//   replyBudget: 12
//   resolvedByHandHolds: 00:30:00

/// <summary>How an incident reacts to its events.</summary>
public sealed record FlowSettings
{
    /// <summary>How long after opening the diagnosis starts, so that a storm is collected first.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DiagnoseAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The least time between two diagnoses that nobody asked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan DiagnoseGap { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A diagnosis that has not ended after this long is taken for lost: the next worsening asks again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan DiagnosisPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Diagnoses of one incident that nobody asked for. What a person asks for is not counted.</summary>
    [Range(0, 1000)]
    public int MaxDiagnoses { get; init; } = 10;

    /// <summary>An incident is notably worse when this many times as many alerts fire as when it was last diagnosed.</summary>
    [Range(2, 1000)]
    public int WorseFactor { get; init; } = 5;

    /// <summary>Replies in the thread of one incident; whatever else happens is shown on the card only.</summary>
    [Range(1, 1000)]
    public int ReplyBudget { get; init; } = 12;

    /// <summary>Services that an incident lists; alerts of further ones are counted only.</summary>
    [Range(1, 1000)]
    public int MaxServices { get; init; } = 20;

    /// <summary>Alerts that get a timeline line each; of later ones the milestones (25, 50, 100, 250, …) are noted.</summary>
    [Range(1, 1000)]
    public int AlertLines { get; init; } = 10;

    /// <summary>Lines of one timeline.</summary>
    [Range(10, 100_000)]
    public int MaxTimelineLines { get; init; } = 500;

    /// <summary>An incident that a person resolved while alerts still fire stays resolved this long; a repeat after that reopens it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan ResolvedByHandHolds { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A change up to this long before the incident goes to its timeline.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan ChangeLookback { get; init; } = TimeSpan.FromHours(1);
}

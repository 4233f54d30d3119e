using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Timeline;

namespace OpsBot.Incidents.Flow;

/// <summary>
/// When to diagnose. One request at a time: until it falls due it will see whatever happens, so nothing more is asked for; while it runs a
/// worsening is remembered and asked for when it ends, or at the next worsening once it is overdue. Requests that nobody asked for keep a gap and a limit.
/// </summary>
internal static class DiagnosisRequests
{
    /// <param name="isNotice">It opened to show what goes well.</param>
    public static void Opened(IncidentDraft draft, bool isNotice = false)
    {
        if (isNotice)
            Remember(draft);
        else
            Ask(draft, "opened", "the incident opened");
    }

    public static void Reopened(IncidentDraft draft)
    {
        draft.Memory = draft.Memory with { Diagnosis = draft.Memory.Diagnosis with { Told = ToldDiagnosis.None } };
        if (!Pending(draft))
            Ask(draft, "reopened", "the incident was reopened");
        else
            Remember(draft);
    }

    /// <summary>Compares with how things stood when diagnosis was last asked for.</summary>
    /// <param name="isNotice">What it is about says that nothing is wrong any more, so that what goes wrong next is worse again.</param>
    public static void Consider(IncidentDraft draft, bool isNotice = false)
    {
        if (draft.Incident.Status == IncidentStatus.Resolved)
            return;
        if (Pending(draft) || isNotice)
            Remember(draft);
        else if (Worse(draft) is { } why)
            Worse(draft, why);
    }

    public static void AskedBy(IncidentDraft draft, string person)
    {
        Send(draft, "asked", $"asked by {person}", draft.At);
        var diagnosis = draft.Memory.Diagnosis;
        draft.Memory = draft.Memory with { Diagnosis = diagnosis with { AskedByHand = draft.Incident.DiagnosisGeneration } };
    }

    /// <summary>The newest request ended.</summary>
    public static void Ended(IncidentDraft draft)
    {
        var diagnosis = draft.Memory.Diagnosis;
        draft.Memory = draft.Memory with { Diagnosis = diagnosis with { Running = false, WorseMeanwhile = null } };
        if (diagnosis.WorseMeanwhile is { } why && draft.Incident.Status != IncidentStatus.Resolved)
            Ask(draft, "worse", why);
    }

    private static void Worse(IncidentDraft draft, string why)
    {
        var diagnosis = draft.Memory.Diagnosis;
        if (diagnosis.Running && draft.At < diagnosis.DueAt + draft.Settings.DiagnosisPatience)
            draft.Memory = draft.Memory with { Diagnosis = diagnosis with { WorseMeanwhile = why } };
        else
            Ask(draft, "worse", why);
    }

    private static string? Worse(IncidentDraft draft)
    {
        var (incident, then) = (draft.Incident, draft.Memory.Diagnosis);
        if (then.Severity != SeverityLevel.Unknown && incident.Severity < then.Severity)
            return $"severity rose to {TimelineTexts.Word(incident.Severity)}";
        if (incident.Services.Count > then.Services)
            return $"{PlainText.OneLine(incident.Services[^1], 60)} joined";
        return incident.Firing >= Math.Max(1, then.Firing) * (long)draft.Settings.WorseFactor
            ? FormattableString.Invariant($"{incident.Firing} alerts fire")
            : null;
    }

    private static void Ask(IncidentDraft draft, string reason, string why)
    {
        var diagnosis = draft.Memory.Diagnosis;
        if (diagnosis.Automatic >= draft.Settings.MaxDiagnoses)
            return;
        var due = draft.At + draft.Settings.DiagnoseAfter;
        if (diagnosis.DueAt + draft.Settings.DiagnoseGap is { } next && next > due)
            due = next;
        draft.Memory = draft.Memory with { Diagnosis = diagnosis with { Automatic = diagnosis.Automatic + 1 } };
        Send(draft, reason, why, due);
    }

    private static void Send(IncidentDraft draft, string reason, string why, DateTimeOffset due)
    {
        var generation = draft.Incident.DiagnosisGeneration + 1;
        draft.Incident = draft.Incident with { DiagnosisGeneration = generation };
        draft.Memory = draft.Memory with { Diagnosis = draft.Memory.Diagnosis with { DueAt = due, Running = true, WorseMeanwhile = null } };
        Remember(draft);
        draft.Note(draft.At, "diagnosis", TimelineTexts.DiagnosisAsked(generation, why));
        draft.Send(new DiagnoseIncident(draft.Incident.Id, reason, generation), due - draft.At);
    }

    private static bool Pending(IncidentDraft draft) => draft.Memory.Diagnosis is { Running: true, DueAt: { } due } && draft.At < due;

    private static void Remember(IncidentDraft draft)
    {
        var incident = draft.Incident;
        draft.Memory = draft.Memory with
        {
            Diagnosis = draft.Memory.Diagnosis with
            {
                Severity = incident.Severity,
                Services = incident.Services.Count,
                Firing = incident.Firing,
            },
        };
    }
}

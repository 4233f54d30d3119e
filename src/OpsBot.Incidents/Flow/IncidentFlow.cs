using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Timeline;

namespace OpsBot.Incidents.Flow;

/// <summary>
/// What an incident does when something happens: pure, and indifferent to the order in which deliveries arrive.
/// </summary>
/// <remarks>
/// Alerts
/// <list type="bullet">
/// <item>An alert is one (source, incident key) of the incident; its fingerprint only says what it is like. Its status is that of its newest
/// event by the sender's time; at the same instant resolved wins over acknowledged over firing. Older events are counted and noted and move
/// nothing; repeats are counted.</item>
/// <item>A sender that gives events no time of their own (Alertmanager) may fire again with the start of what it resolved. That is late if it
/// came within 30 s of the resolve, else it counts from its receipt; see <see cref="LastHeard.Date"/>.</item>
/// <item>A resolve that is the first event heard opens nothing; in an incident that stands, it is recorded, so that the firing event that
/// comes after it is late. An acknowledgement that is the first event heard opens an acknowledged incident.</item>
/// </list>
/// Status
/// <list type="bullet">
/// <item>Resolved when all its alerts are. The same alert heard through two senders is two alerts: both have to resolve.</item>
/// <item>Acknowledged when no alert fires unacknowledged. A new firing alert in an incident that its sender had acknowledged opens it again.</item>
/// <item>A person's acknowledgement through OpsBot covers alerts that join later, until the severity rises above what was acknowledged, the sender
/// takes an acknowledgement back, or the incident is reopened.</item>
/// <item>A person's resolve through OpsBot holds though alerts fire. It ends when an alert moves to firing or acknowledged, when one that was
/// not known fires, or when a repeat says after <see cref="FlowSettings.ResolvedByHandHolds"/> that it still fires.</item>
/// <item>Whether an event after the resolve belongs here or to a new incident is for correlation to say; where it belongs here it reopens.</item>
/// <item>What is reopened within five minutes of its resolve again and again flaps: the thread is told so once, and from then on card and
/// timeline alone follow it, until it has stayed resolved for longer.</item>
/// <item>A person's splitting and merging counts everything anew from the alerts that are there now; an incident that has none left is over.</item>
/// <item>Severity is that of the worst alert, as senders last said it; a resolve does not lower it, its sender's lower word does.</item>
/// </list>
/// Words: few replies, each with a name that is given once (<c>INC-12/resolved/2</c>), within a budget; the card shows everything.
/// </remarks>
public static class IncidentFlow
{
    /// <param name="state">Null where the event is to open the incident.</param>
    /// <exception cref="ArgumentException">The event is of another incident, or of none yet and no alert.</exception>
    public static FlowResult Apply(IncidentState? state, IncidentEvent happened, FlowSettings settings)
    {
        if (state is not null && state.Incident.Id != happened.IncidentId)
        {
            throw new ArgumentException(
                $"The event is of {Names.Incident(happened.IncidentId)}, the state of {state.Incident.Name}.", nameof(happened));
        }

        if (happened is AlertJoined joined)
            return AlertFlow.Apply(state, joined, settings);
        if (happened is AlertsRegrouped moved)
            return RegroupFlow.Apply(state, moved, settings);
        if (state is null)
            throw new ArgumentException($"Only an alert opens an incident; {Names.Incident(happened.IncidentId)} does not exist.", nameof(state));
        return happened switch
        {
            DiagnosisFinished done => Diagnosed(state, done, settings),
            DiagnosisAsked asked => Asked(state, asked, settings),
            PersonAcknowledged by => Acknowledged(state, by, settings),
            PersonResolved by => Resolved(state, by, settings),
            ChangeSeen seen => Changed(state, seen, settings),
            _ => throw new ArgumentException($"Nobody said what {happened.GetType().Name} does to an incident.", nameof(happened)),
        };
    }

    private static FlowResult Diagnosed(IncidentState state, DiagnosisFinished done, FlowSettings settings)
    {
        var draft = new IncidentDraft(state, state, done.At, settings);
        draft.ShowCard();
        if (done.Generation < state.Incident.DiagnosisGeneration)
        {
            draft.Note(done.At, "diagnosis", TimelineTexts.DiagnosisOvertaken(done.Generation));
            return draft.Result();
        }

        var abstained = done.Report.Abstained || done.Report.Causes.Count == 0;
        var memory = state.Memory.Diagnosis;
        // The same generation may end twice when a host was lost; it is told once.
        var news = memory.Running && (memory.AskedByHand == done.Generation || memory.Told == ToldDiagnosis.None
            || (memory.Told == ToldDiagnosis.Abstention && !abstained));
        draft.Note(done.At, "diagnosis", TimelineTexts.DiagnosisDone(done.Generation, done.Report with { Abstained = abstained }));
        if (news)
        {
            draft.Memory = draft.Memory with { Diagnosis = memory with { Told = abstained ? ToldDiagnosis.Abstention : ToldDiagnosis.Cause } };
            draft.Reply(FormattableString.Invariant($"diagnosis/{done.Generation}"), ReplyTexts.Diagnosis(done.Report), "diagnosis");
        }

        DiagnosisRequests.Ended(draft);
        return draft.Result();
    }

    private static FlowResult Asked(IncidentState state, DiagnosisAsked asked, FlowSettings settings)
    {
        var draft = new IncidentDraft(state, state, asked.At, settings);
        DiagnosisRequests.AskedBy(draft, Person(asked.By));
        return draft.Result();
    }

    private static FlowResult Acknowledged(IncidentState state, PersonAcknowledged by, FlowSettings settings)
    {
        if (state.Incident.Status != IncidentStatus.Open)
            return FlowResult.Nothing(state, $"{state.Incident.Name} is {StatusWord(state)} already.");
        var draft = new IncidentDraft(state, state, by.At, settings);
        draft.Memory = draft.Memory with { AcknowledgedByHand = state.Incident.Severity };
        StatusRules.Settle(draft, by.At, null, Person(by.By));
        return draft.Result();
    }

    private static FlowResult Resolved(IncidentState state, PersonResolved by, FlowSettings settings)
    {
        if (state.Incident.Status == IncidentStatus.Resolved)
            return FlowResult.Nothing(state, $"{state.Incident.Name} is resolved already.");
        var draft = new IncidentDraft(state, state, by.At, settings);
        draft.Memory = draft.Memory with { ResolvedByHandAt = by.At };
        StatusRules.Settle(draft, by.At, null, Person(by.By));
        return draft.Result();
    }

    private static FlowResult Changed(IncidentState state, ChangeSeen seen, FlowSettings settings)
    {
        var (incident, change) = (state.Incident, seen.Change);
        if (!string.IsNullOrWhiteSpace(change.Environment)
            && !string.Equals(change.Environment.Trim(), incident.Environment, StringComparison.OrdinalIgnoreCase))
        {
            return FlowResult.Nothing(
                state, $"The change is of environment {PlainText.OneLine(change.Environment, 60)}, the incident of {incident.Environment}.");
        }

        if (incident.Status == IncidentStatus.Resolved)
            return FlowResult.Nothing(state, $"{incident.Name} is resolved.");
        if (change.Status is ChangeStatus.Created or ChangeStatus.Waiting)
            return FlowResult.Nothing(state, "The change has not begun.");
        var time = change.OccurredAt ?? seen.At;
        if (time < incident.StartedAt - settings.ChangeLookback)
            return FlowResult.Nothing(state, $"The change happened more than {settings.ChangeLookback} before the incident began.");
        var draft = new IncidentDraft(state, state, seen.At, settings);
        draft.Note(time, "change", TimelineTexts.Change(change, seen.Relation));
        draft.ShowCard();
        return draft.Result();
    }

    private static string Person(string name) => PlainText.OneLine(name, 80) is { Length: > 0 } shown ? shown : "somebody";

    private static string StatusWord(IncidentState state) => state.Incident.Status.ToString().ToLowerInvariant();
}

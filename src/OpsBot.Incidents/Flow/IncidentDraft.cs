using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Timeline;

namespace OpsBot.Incidents.Flow;

/// <summary>An incident while one event is applied: what changes, and what follows. Lives for one call of <see cref="IncidentFlow.Apply"/>.</summary>
internal sealed class IncidentDraft(IncidentState? before, IncidentState start, DateTimeOffset at, FlowSettings settings)
{
    private readonly List<TimelineEntry> _timeline = [];
    private readonly List<FollowUp> _messages = [];
    private bool _showCard;

    public Incident Incident { get; set; } = start.Incident;

    public FlowMemory Memory { get; set; } = start.Memory;

    public DateTimeOffset At { get; } = at;

    public FlowSettings Settings { get; } = settings;

    public bool IsNew => before is null;

    public int Alerts => Incident.Firing + Incident.Acknowledged + Incident.Resolved;

    public void Note(DateTimeOffset time, string kind, string text)
    {
        if (Memory.TimelineLines >= Settings.MaxTimelineLines)
            return;
        Memory = Memory with { TimelineLines = Memory.TimelineLines + 1 };
        _timeline.Add(Memory.TimelineLines == Settings.MaxTimelineLines
            ? new(time, "notice", TimelineTexts.Full(Settings.MaxTimelineLines))
            : new(time, kind, text));
    }

    /// <summary>Says one thing in the thread, as long as the budget lasts.</summary>
    /// <param name="name">What is said, unique within the incident: <c>resolved/2</c>.</param>
    /// <param name="kind">As <see cref="PostReply.ReplyKind"/>.</param>
    public void Reply(string name, string text, string kind)
    {
        if (Incident.Replies >= Settings.ReplyBudget)
            return;
        Incident = Incident with { Replies = Incident.Replies + 1 };
        if (Incident.Replies == Settings.ReplyBudget)
            text = $"{text}\n{ReplyTexts.Last}";
        _messages.Add(FollowUp.Of(new PostReply(Incident.Id, $"{Incident.Name}/{name}", text, kind)));
    }

    public void Send<T>(T message, TimeSpan delay)
        where T : IMessage => _messages.Add(FollowUp.Of(message, delay));

    public void ShowCard() => _showCard = true;

    public FlowResult Result(IncidentAlert? alert = null)
    {
        if (_showCard || IsNew || VisiblyChanged())
            _messages.Insert(0, FollowUp.Of(new UpdateCard(Incident.Id)));
        return new() { State = new(Incident, Memory), Alert = alert, Timeline = _timeline, Messages = _messages };
    }

    /// <summary>A mere repeat counts up <see cref="Incident.Events"/> and nothing else: no reason to edit a card, milestones apart.</summary>
    private bool VisiblyChanged() =>
        Incident with { Events = before!.Incident.Events, LastEventAt = before.Incident.LastEventAt, Replies = before.Incident.Replies }
            != before.Incident
        || (Incident.Events != before.Incident.Events && Milestones.Includes(Incident.Events));
}

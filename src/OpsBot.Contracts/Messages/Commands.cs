using OpsBot.Contracts.Threads;

namespace OpsBot.Contracts.Messages;

/// <summary>Collect evidence for an incident and rank its causes.</summary>
/// <param name="IncidentId">Number of the incident.</param>
/// <param name="Reason">Why now, for the timeline: <c>opened</c>, <c>worse</c>, <c>asked</c>, <c>reopened</c>.</param>
/// <param name="Generation">Counts the diagnoses asked for; a result older than the incident's newest request is kept but not shown first.</param>
public sealed record DiagnoseIncident(long IncidentId, string Reason, int Generation) : IMessage
{
    public static string Kind => "incident.diagnose";
}

/// <summary>Bring the status card of an incident up to date on every surface. Many of these coalesce into one edit.</summary>
public sealed record UpdateCard(long IncidentId) : IMessage
{
    public static string Kind => "thread.update-card";
}

/// <summary>Say one thing in the thread of an incident.</summary>
/// <param name="IncidentId">Number of the incident.</param>
/// <param name="DeliveryId">Names this reply for ever; a surface that has it already does nothing.</param>
/// <param name="Text">Plain text; surfaces escape it.</param>
/// <param name="ReplyKind">What sort of reply it is: <c>opened</c>, <c>diagnosis</c>, <c>state</c>, <c>notice</c>.</param>
public sealed record PostReply(long IncidentId, string DeliveryId, string Text, string ReplyKind) : IMessage
{
    public static string Kind => "thread.post-reply";

    /// <summary>Services that it speaks of besides those of the incident.</summary>
    public IReadOnlyList<string> About { get; init; } = [];
}

/// <summary>Bring the status card of an incident up to date on one surface. Many of these coalesce into one edit.</summary>
/// <param name="Surface"><c>web</c>, <c>slack</c>, <c>teams</c>.</param>
public sealed record PostCard(long IncidentId, string Surface) : IMessage
{
    public static string Kind => "chat.post-card";
}

/// <summary>Say one thing in the thread of an incident on one surface.</summary>
/// <param name="DeliveryId">As in <see cref="PostReply"/>; names the reply on each surface.</param>
public sealed record PostSurfaceReply(long IncidentId, string Surface, string DeliveryId, string Text, string ReplyKind) : IMessage
{
    public static string Kind => "chat.post-reply";

    /// <summary>As in <see cref="PostReply"/>.</summary>
    public IReadOnlyList<string> About { get; init; } = [];
}

/// <summary>Answer what somebody said or pressed.</summary>
/// <param name="DeliveryId">Names this answer for ever.</param>
/// <param name="AskerId">The surface's id of who asked.</param>
/// <param name="ReplyHandle">As in <c>ChatReceived</c>: perhaps a capability, and never shown.</param>
/// <param name="Decisions">Proposals that the answer offers for decision, by number and version.</param>
/// <param name="Form">What is missing before the command can be done; null where nothing is.</param>
public sealed record PostAnswer(
    string DeliveryId, ChatPlace Place, string Text, bool OnlyAsker, string AskerId, string? ReplyHandle,
    IReadOnlyList<AnswerDecision> Decisions, AnswerQuestions? Form) : IMessage
{
    public static string Kind => "chat.answer";

    /// <summary>Services that it speaks of without having been asked; where nothing may be posted about one, it is not.</summary>
    public IReadOnlyList<string> About { get; init; } = [];
}

/// <summary>A proposal as its newest version stood when the answer was made.</summary>
public sealed record AnswerDecision(long ProposalId, int Version, string Title, string Approvers);

/// <summary>Fields that an answer asks for.</summary>
/// <param name="Command">The command so far.</param>
public sealed record AnswerQuestions(string Title, string Command, IReadOnlyList<AnswerQuestion> Fields);

/// <summary>One of the fields.</summary>
public sealed record AnswerQuestion(string Name, string Help, bool Required, string? Value, IReadOnlyList<string> Choices);

/// <summary>A timer: a mute is over, unless it was moved; what it held back and still fires is taken up.</summary>
public sealed record EndMute(string Fingerprint) : IMessage
{
    public static string Kind => "alert.end-mute";
}

/// <summary>Tell PagerDuty something about one of its incidents.</summary>
/// <param name="DeliveryId">Names this for ever.</param>
/// <param name="PagerDutyId">Its id there.</param>
/// <param name="What"><c>note</c> or <c>acknowledge</c>.</param>
/// <param name="Text">Of a note; empty otherwise.</param>
public sealed record TellPagerDuty(long IncidentId, string DeliveryId, string PagerDutyId, string What, string Text) : IMessage
{
    public static string Kind => "pagerduty.tell";
}

/// <summary>Hold the API descriptions that a change brought against those of the change before.</summary>
/// <param name="Source">Of the change.</param>
/// <param name="ChangeKey">Of the change.</param>
public sealed record CompareContracts(string Source, string ChangeKey) : IMessage
{
    public static string Kind => "deploy.compare-contracts";
}

/// <summary>Look for actions of the catalog that answer a diagnosis, and put them before people.</summary>
public sealed record ProposeActions(long IncidentId, int Generation) : IMessage
{
    public static string Kind => "action.propose";
}

/// <summary>Run one slot of an approved version of a proposal, through all its gates, to its end.</summary>
public sealed record RunProposal(long ProposalId, int Version, int Slot) : IMessage
{
    public static string Kind => "action.run";
}

/// <summary>A timer: a version of a proposal that nobody decided is over.</summary>
public sealed record ExpireProposal(long ProposalId, int Version) : IMessage
{
    public static string Kind => "action.expire";
}

/// <summary>A timer: what somebody tried again and again and was refused is summed up in the audit.</summary>
public sealed record SumUpRefusedActs(string Actor) : IMessage
{
    public static string Kind => "audit.sum-up-refused";
}

/// <summary>A timer: how does the job do that a slot of a loop began, and what comes next? One row a slot, due again until that is known.</summary>
public sealed record ContinueLoop(long ProposalId, int Version, int Slot) : IMessage
{
    public static string Kind => "action.continue-loop";
}

/// <summary>A person wants an incident closed: ask the gates, then close it or say what holds it open.</summary>
/// <param name="By">Id of the person.</param>
public sealed record CloseIncident(long IncidentId, string By) : IMessage
{
    public static string Kind => "incident.close";
}

/// <summary>A person takes an incident on.</summary>
/// <param name="By">Id of the person.</param>
public sealed record AcknowledgeIncident(long IncidentId, string By) : IMessage
{
    public static string Kind => "incident.acknowledge";
}

/// <summary>An incident is over: keep what it taught.</summary>
public sealed record RememberOutcome(long IncidentId) : IMessage
{
    public static string Kind => "outcome.remember";
}

/// <summary>A timer: the next tick of a watch. One row for as long as the watch runs, which is due again after each tick.</summary>
/// <param name="Generation">As the watch's when it was set; a watch that was paused meanwhile has another.</param>
public sealed record WatchTick(long WatchId, long Generation) : IMessage
{
    public static string Kind => "watch.tick";
}

/// <summary>A timer: the clock has come to where a declared watch begins.</summary>
/// <param name="Declared">Its name in the configuration.</param>
/// <param name="Cron">The expression that the time is of; the configuration may have another by now.</param>
/// <param name="TimeZone">Whose clock it is by, as the configuration said; null for UTC.</param>
public sealed record StartWatch(string Declared, string Cron, DateTimeOffset At, string? TimeZone = null) : IMessage
{
    public static string Kind => "watch.start";
}

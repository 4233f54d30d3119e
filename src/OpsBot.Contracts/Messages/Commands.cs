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

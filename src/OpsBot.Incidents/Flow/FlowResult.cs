using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;

namespace OpsBot.Incidents.Flow;

/// <summary>What follows from an event.</summary>
public sealed record FlowResult
{
    /// <summary>The state to keep; null only where the event opened nothing.</summary>
    public IncidentState? State { get; init; }

    /// <summary>The record to upsert by (incident, source, incident key); null where the event was not about an alert.</summary>
    public IncidentAlert? Alert { get; init; }

    public IReadOnlyList<TimelineEntry> Timeline { get; init; } = [];

    /// <summary>Messages to write in the same transaction, in this order.</summary>
    public IReadOnlyList<FollowUp> Messages { get; init; } = [];

    /// <summary>Why nothing follows; null where something does.</summary>
    public string? NothingBecause { get; init; }

    /// <summary>Nothing changes and nothing follows.</summary>
    public static FlowResult Nothing(IncidentState? state, string reason) => new() { State = state, NothingBecause = reason };
}

/// <summary>A message that follows, and how long from now it falls due.</summary>
public sealed record FollowUp
{
    private FollowUp(string kind, object message, TimeSpan delay)
    {
        Kind = kind;
        Message = message;
        Delay = delay;
    }

    /// <summary>The <c>kind</c> column.</summary>
    public string Kind { get; }

    /// <summary>A <see cref="DiagnoseIncident"/>, <see cref="UpdateCard"/>, <see cref="PostReply"/> or <see cref="RememberOutcome"/>.</summary>
    /// <remarks>An object, because an interface with static members cannot be a type argument, and a record compares its parts with one.</remarks>
    public object Message { get; }

    public TimeSpan Delay { get; }

    public static FollowUp Of<T>(T message, TimeSpan delay = default)
        where T : IMessage =>
        new(T.Kind, message, delay < TimeSpan.Zero ? TimeSpan.Zero : delay);
}

using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;

namespace OpsBot.Ingress;

/// <summary>What one delivery of a sender says, in our words.</summary>
public abstract record Normalised
{
    private Normalised()
    {
    }

    /// <summary>One or many events that happened.</summary>
    public sealed record Events(IReadOnlyList<NormalisedEvent> Items) : Normalised
    {
        /// <summary>What of the body could not be read beside them; null where all could.</summary>
        public UnreadRest? Rest { get; init; }
    }

    /// <summary>Understood, and there is nothing to do: a ping, an event type that is not ours to act on.</summary>
    public sealed record Nothing(string Why) : Normalised;

    /// <summary>JSON that this version cannot read.</summary>
    /// <param name="Field">Path of the field that was wrong: <c>alerts[2].startsAt</c>; <c>$</c> for the whole body.</param>
    /// <param name="Reason">What was wrong with it, with the value.</param>
    public sealed record Unreadable(string Field, string Reason) : Normalised;

    internal static Normalised Of(AlertReported alert) => new Events([NormalisedEvent.Of(alert)]);

    internal static Normalised Of(DeployReported change) => new Events([NormalisedEvent.Of(change)]);

    internal static Normalised Of(TrainingJobReported job) => new Events([NormalisedEvent.Of(job)]);
}

/// <summary>The part of a body that could not be read while the rest could.</summary>
/// <param name="Body">The body with only that part left in it, so that reading it again never gives the others twice; positions are as they were.</param>
/// <param name="Why">The first field that was wrong.</param>
public sealed record UnreadRest(ReadOnlyMemory<byte> Body, Normalised.Unreadable Why);

/// <summary>One event record and where it goes.</summary>
/// <param name="Kind">As <c>IMessage.Kind</c>.</param>
/// <param name="Stream"><c>source/key</c> of the incident, change or job.</param>
/// <param name="Record">An <see cref="AlertReported"/>, <see cref="DeployReported"/> or <see cref="TrainingJobReported"/>.</param>
public sealed record NormalisedEvent(string Kind, string Stream, object Record)
{
    /// <summary>The record in <see cref="OpsBotJson.Options"/>.</summary>
    public string ToJson() => JsonSerializer.Serialize(Record, Record.GetType(), OpsBotJson.Options);

    internal static NormalisedEvent Of(AlertReported alert) => new(AlertReported.Kind, $"{alert.Source}/{alert.IncidentKey}", alert);

    internal static NormalisedEvent Of(DeployReported change) => new(DeployReported.Kind, $"{change.Source}/{change.ChangeKey}", change);

    internal static NormalisedEvent Of(TrainingJobReported job) => new(TrainingJobReported.Kind, $"{job.Source}/{job.IncidentKey}", job);
}

using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Messages;

namespace OpsBot.Storage.Messages;

/// <summary>A row about to be written.</summary>
/// <param name="Stream">Rows of one stream are handled one at a time, in order.</param>
/// <param name="Delay">A delay makes it a timer.</param>
/// <param name="Coalesce">Write nothing when a row of this kind waits in this stream already.</param>
public sealed record NewMessage(string Kind, string Stream, string Body, string Source, TimeSpan Delay, bool Coalesce)
{
    /// <summary>The trace that it belongs to.</summary>
    public string? Trace { get; init; }

    /// <summary>A row of OpsBot's own.</summary>
    public static NewMessage Of<T>(T message, string stream, TimeSpan delay = default, bool coalesce = false)
        where T : IMessage =>
        new(T.Kind, stream, JsonSerializer.Serialize(message, OpsBotJson.Options), "opsbot", delay, coalesce);

    /// <summary>The message inside; null where it is of another kind.</summary>
    public T? As<T>()
        where T : class, IMessage => Kind == T.Kind ? JsonSerializer.Deserialize<T>(Body, OpsBotJson.Options) : null;
}

/// <summary>Names of streams.</summary>
public static class Streams
{
    private const string IncidentPrefix = "incident/";

    /// <summary>Where incidents have threads.</summary>
    public static readonly IReadOnlyList<string> Surfaces = ["web", "slack", "teams"];

    public static string Incident(long id) => $"{IncidentPrefix}{id}";

    /// <summary>Long work about an incident, so that its events need not wait for it.</summary>
    public static string Diagnosis(long id) => $"{IncidentPrefix}{id}/diagnosis";

    /// <summary>What is shown of an incident, in order.</summary>
    public static string Thread(long id) => $"{IncidentPrefix}{id}/thread";

    /// <summary>What is posted of an incident on one surface, in order.</summary>
    public static string Thread(long id, string surface) => $"{IncidentPrefix}{id}/thread/{surface}";

    /// <summary>The surface whose thread a stream is; null for every other stream.</summary>
    public static string? SurfaceOf(string stream) => stream.StartsWith(IncidentPrefix, StringComparison.Ordinal) && stream.Split('/') is [_, _, "thread", var surface]
        ? surface
        : null;

    /// <summary>What is learned from an incident, in order.</summary>
    public static string Outcome(long id) => $"{IncidentPrefix}{id}/outcome";

    /// <summary>Gates take their time; events of the incident need not wait for them.</summary>
    public static string Closing(long id) => $"{IncidentPrefix}{id}/closing";

    /// <summary>What is proposed for an incident.</summary>
    public static string Proposals(long incidentId) => $"{IncidentPrefix}{incidentId}/proposals";

    /// <summary>All of an incident.</summary>
    public static string[] OfIncident(long id) => [Incident(id), Diagnosis(id), Thread(id), .. Surfaces.Select(surface => Thread(id, surface)), Outcome(id), Closing(id), Proposals(id)];

    /// <summary>Runs of a proposal, one after the other.</summary>
    public static string Proposal(long id) => $"proposal/{id}";

    /// <summary>Its expiry, so that the timer need not wait for a run.</summary>
    public static string ProposalExpiry(long id) => $"proposal/{id}/expiry";

    /// <summary>What somebody was refused.</summary>
    public static string RefusedActs(string actor) => $"refused/{actor}";

    /// <summary>What a loop waits for, so that it need not wait for a run.</summary>
    public static string ProposalLoop(long id) => $"proposal/{id}/loop";

    /// <summary>The ticks of a watch: one row, ever again.</summary>
    public static string Watch(long id) => $"watch/{id}";

    /// <summary>Comparisons of the API descriptions of a service, in the order of its changes.</summary>
    public static string Contracts(string? environment, string service) => $"contracts/{environment}/{service}";

    /// <summary>The incident that a stream belongs to, if any.</summary>
    public static long? IncidentOf(string stream)
    {
        if (!stream.StartsWith(IncidentPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = stream.AsSpan(IncidentPrefix.Length);
        var slash = rest.IndexOf('/');
        return long.TryParse(slash < 0 ? rest : rest[..slash], out var id) ? id : null;
    }
}

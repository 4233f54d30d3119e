using MassTransit;
using OpsBot.Host.Bus;
using OpsBot.Storage.Engine;

namespace OpsBot.Host.Serving;

/// <summary>Whether this host can do its work now, and which dependency it lacks. Not being ready is no reason to restart it: it mends itself.</summary>
internal sealed class Readiness(StoreHealth store, IBusControl bus, MessageKinds kinds, EventExchange? events = null)
{
    /// <summary>
    /// One dependency of all, or all where none is named: with its store alone a host can already take deliveries, and whoever stands before several hosts may ask for that.
    /// </summary>
    public static IReadOnlyList<Dependency> Only(string? name, IReadOnlyList<Dependency> all) => name is null ? all : [.. all.Where(each => each.Name == name)];

    /// <summary>Each dependency with what is wrong with it.</summary>
    public async Task<IReadOnlyList<Dependency>> AskAsync(CancellationToken cancellationToken)
    {
        var all = new List<Dependency> { new("store", await store.ProblemAsync(cancellationToken)) };
        if (kinds.Most.Count > 0)
        {
            var health = bus.CheckHealth();
            // what a connection failed of may name its password
            all.Add(new Dependency(
                "bus",
                health.Status == BusHealthStatus.Healthy ? null : $"{health.Status.ToString().ToLowerInvariant()}: what comes in is stored, and handled once the bus is there"));
        }
        else if (events is not null)
        {
            // deliveries over HTTP need no broker: whoever brings them must not be sent elsewhere
            all.Add(new Dependency("events", events.IsConnected ? null : "the broker is away: what is published waits there, and webhooks are stored", IsNeeded: false));
        }

        return all;
    }
}

/// <summary>Something that this host works with.</summary>
/// <param name="Problem">Null where it is there.</param>
/// <param name="IsNeeded">Without it the host is not ready.</param>
internal sealed record Dependency(string Name, string? Problem, bool IsNeeded = true);

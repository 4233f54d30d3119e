using MassTransit;
using OpsBot.Storage.Engine;

namespace OpsBot.Host.Serving;

/// <summary>Whether this host can do its work now, and which dependency it lacks. Not being ready is no reason to restart it: it mends itself.</summary>
internal sealed class Readiness(StoreHealth store, IBusControl bus)
{
    /// <summary>
    /// One dependency of all, or all where none is named: with its store alone a host can already take deliveries, and whoever stands before several hosts may ask for that.
    /// </summary>
    public static IReadOnlyList<(string Name, string? Problem)> Only(string? name, IReadOnlyList<(string Name, string? Problem)> all) =>
        name is null ? all : [.. all.Where(each => each.Name == name)];

    /// <summary>Each dependency with what is wrong with it; null where it is there.</summary>
    public async Task<IReadOnlyList<(string Name, string? Problem)>> AskAsync(CancellationToken cancellationToken)
    {
        var health = bus.CheckHealth();
        return
        [
            ("store", await store.ProblemAsync(cancellationToken)),
            // what a connection failed of may name its password
            ("bus", health.Status == BusHealthStatus.Healthy ? null : $"{health.Status.ToString().ToLowerInvariant()}: what comes in is stored, and handled once the bus is there"),
        ];
    }
}

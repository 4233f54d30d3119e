using System.Collections.Concurrent;

namespace OpsBot.RealServers;

/// <summary>Servers that a test has done with, for the next one: to start a broker takes longer than most that is asked of it. Ends them all with the last test.</summary>
public sealed class ServersAtHand : IAsyncDisposable
{
    private readonly ConcurrentStack<SharedServers> _idle = [];

    internal static ServersAtHand Both { get; } = new();

    internal static ServersAtHand Databases { get; } = new();

    internal SharedServers? Take() => _idle.TryPop(out var servers) ? servers : null;

    internal ValueTask AddAsync(SharedServers servers)
    {
        _idle.Push(servers);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var home in (ServersAtHand[])[Both, Databases])
        {
            while (home.Take() is { } servers)
            {
                await servers.EndAsync();
            }
        }
    }
}

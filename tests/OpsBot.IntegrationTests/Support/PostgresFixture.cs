using OpsBot.RealServers;
using Xunit;

namespace OpsBot.IntegrationTests.Support;

/// <summary>One PostgreSQL for all tests of a class, each with databases of its own. Started by the first that asks, so that those who skip are skipped.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private SharedServers? _servers;
    private int _databases;

    internal async Task<SharedServers> ServerAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _servers ??= await SharedServers.StartPostgresAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Makes an empty database and returns its name.</summary>
    internal async Task<string> DatabaseAsync()
    {
        var server = await ServerAsync();
        var name = $"{server.Database}_{Interlocked.Increment(ref _databases)}";
        await server.ToolAsync("createdb", name, TestContext.Current.CancellationToken);
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }

        _gate.Dispose();
    }
}

using OpsBot.IntegrationTests.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(OpsBot.RealServers.ServersAtHand))]

namespace OpsBot.RealServers;

/// <summary>How tests ask for them.</summary>
internal sealed partial class SharedServers
{
    /// <summary>Skips the test where they cannot run, or fails it where OPSBOT_REQUIRE_SERVERS asks for that.</summary>
    /// <remarks>They may have served another test before, with another database and another virtual host.</remarks>
    public static Task<SharedServers> StartAsync(CancellationToken cancellationToken)
    {
        ServerProcess.Require("/usr/sbin/rabbitmq-server", Path.Combine(PostgresBin(), "initdb"));
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the servers run as accounts of their own, which wants root");
        return LentAsync(ServersAtHand.Both, () => StartBothAsync(cancellationToken), cancellationToken);
    }

    /// <summary>The same of PostgreSQL alone.</summary>
    public static Task<SharedServers> StartPostgresAsync(CancellationToken cancellationToken)
    {
        ServerProcess.Require(Path.Combine(PostgresBin(), "initdb"));
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the server runs as an account of its own, which wants root");
        return LentAsync(ServersAtHand.Databases, () => StartDatabaseOnlyAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Nobody gets them after this test: it changes what a new database does not undo.</summary>
    public void KeepFromOthers() => Afterwards = servers => servers.EndAsync();

    private static async Task<SharedServers> LentAsync(ServersAtHand home, Func<Task<SharedServers>> start, CancellationToken cancellationToken)
    {
        while (home.Take() is { } there)
        {
            if (await there.RenewAsync(cancellationToken))
            {
                return there;
            }

            await there.EndAsync();
        }

        var servers = await start();
        servers.Afterwards = home.AddAsync;
        return servers;
    }
}

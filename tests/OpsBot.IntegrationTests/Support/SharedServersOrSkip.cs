using OpsBot.IntegrationTests.Support;
using Xunit;

namespace OpsBot.RealServers;

/// <summary>How tests ask for them.</summary>
internal sealed partial class SharedServers
{
    /// <summary>Skips the test where they cannot run, or fails it where OPSBOT_REQUIRE_SERVERS asks for that.</summary>
    public static Task<SharedServers> StartAsync(CancellationToken cancellationToken)
    {
        ServerProcess.Require("/usr/sbin/rabbitmq-server", Path.Combine(PostgresBin(), "initdb"));
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the servers run as accounts of their own, which wants root");
        return StartBothAsync(cancellationToken);
    }

    /// <summary>The same of PostgreSQL alone.</summary>
    public static Task<SharedServers> StartPostgresAsync(CancellationToken cancellationToken)
    {
        ServerProcess.Require(Path.Combine(PostgresBin(), "initdb"));
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the server runs as an account of its own, which wants root");
        return StartDatabaseOnlyAsync(cancellationToken);
    }
}

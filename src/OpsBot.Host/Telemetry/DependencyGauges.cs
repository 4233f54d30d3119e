using OpsBot.Host.Serving;

namespace OpsBot.Host.Telemetry;

/// <summary>What <c>/readyz</c> says, as numbers.</summary>
internal sealed class DependencyGauges(Readiness readiness) : IScrapeSource
{
    public async Task WriteAsync(Exposition page, CancellationToken cancellationToken)
    {
        var all = await readiness.AskAsync(cancellationToken);
        page.Gauge(
            "opsbot_dependency_up", "1 where a dependency (store: it commits; bus: it is connected; events: the exchange is read, where the host only takes events) is there, as in /readyz.", "dependency",
            all.Select(each => (each.Name, each.Problem is null ? 1.0 : 0.0)));
    }
}

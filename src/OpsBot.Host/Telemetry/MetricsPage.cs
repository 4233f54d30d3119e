namespace OpsBot.Host.Telemetry;

/// <summary>What <c>/metrics</c> says.</summary>
internal sealed class MetricsPage(MetricListener listener, IEnumerable<IScrapeSource> sources)
{
    public const string Path = "/metrics";

    public async Task<string> RenderAsync(CancellationToken cancellationToken)
    {
        var page = new Exposition();
        foreach (var source in sources)
        {
            await source.WriteAsync(page, cancellationToken);
        }

        foreach (var instrument in listener.All)
        {
            page.Instrument(instrument);
        }

        return page.ToString();
    }

    /// <summary>Answers <c>GET /metrics</c>.</summary>
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, MetricsPage page) => endpoints.MapGet(
        Path,
        async http =>
        {
            var text = await page.RenderAsync(http.RequestAborted);
            http.Response.ContentType = Exposition.ContentType;
            await http.Response.WriteAsync(text, http.RequestAborted);
        });
}

namespace OpsBot.Host.Telemetry;

/// <summary>Figures that are looked up when somebody scrapes, and cost nothing until then.</summary>
internal interface IScrapeSource
{
    Task WriteAsync(Exposition page, CancellationToken cancellationToken);
}

using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace OpsBot.IntegrationTests.Alertmanager;

/// <summary>A service's <c>/metrics</c> whose error ratio the test sets.</summary>
internal sealed class MetricsTarget : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MetricsTarget(WebApplication app) => _app = app;

    public double ErrorRatio { get; set; } = 0.01;

    /// <summary>Further lines.</summary>
    public Func<string>? More { get; set; }

    /// <summary>Holds the error ratio where it is set: something that a program can change.</summary>
    public string? RatioFile { get; set; }

    /// <summary><c>host:port</c>, as scrape configurations want it.</summary>
    public string Address => new Uri(_app.Urls.First()).Authority;

    public static async Task<MetricsTarget> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var target = new MetricsTarget(app);
        app.Run(http => http.Response.WriteAsync(target.Text(), http.RequestAborted));
        await app.StartAsync(cancellationToken);
        return target;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string Text()
    {
        var ratio = RatioFile is null ? ErrorRatio : double.Parse(File.ReadAllText(RatioFile), CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"""
            # TYPE shop_error_ratio gauge
            shop_error_ratio{"{"}service="checkout"{"}"} {ratio}
            # TYPE shop_pool_used gauge
            shop_pool_used{"{"}service="checkout"{"}"} {(ratio > 0.5 ? 20 : 6)}

            """) + More?.Invoke();
    }
}

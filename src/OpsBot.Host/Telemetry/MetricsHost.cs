using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace OpsBot.Host.Telemetry;

/// <summary>The listener of <c>/metrics</c> alone, where one is configured.</summary>
internal sealed partial class MetricsHost(IOptions<MetricsOptions> options, MetricsPage page, ILoggerFactory logs) : IHostedService, IAsyncDisposable
{
    private readonly ILogger _log = logs.CreateLogger<MetricsHost>();
    private WebApplication? _app;

    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.All is not { Count: > 0 } urls)
        {
            return;
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "opsbot" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
        });
        builder.Services.AddSingleton(logs);
        builder.Services.AddRoutingCore();
        // the outer host answers signals
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        _app = builder.Build();
        foreach (var url in urls)
        {
            _app.Urls.Add(url);
        }

        _app.Use(RequireToken);
        _app.UseRouting();
        MetricsPage.Map(_app, page);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new IOException($"/metrics cannot listen on {options.Value.Urls}: {e.Message} Free the port or choose another one in telemetry.metrics.urls.", e);
        }

        LogListening(string.Join(", ", _app.Urls));
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _app = null;
    }

    private Task RequireToken(HttpContext http, RequestDelegate next)
    {
        const string Scheme = "Bearer ";
        var said = http.Request.Headers.Authorization.ToString();
        if (options.Value.Token is not { Length: > 0 } token
            || (said.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && CryptographicOperations.FixedTimeEquals(Hash(said[Scheme.Length..]), Hash(token))))
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    [LoggerMessage(2302, LogLevel.Information, "Metrics on {Addresses}")]
    private partial void LogListening(string addresses);

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsBot.Actions.People;

namespace OpsBot.Host.WebConsole;

/// <summary>
/// Runs the console on a listener of its own, as an application within the application: nothing that the webhooks' listener maps
/// can be reached here, nor the other way round.
/// </summary>
public sealed partial class ConsoleHost : IHostedService, IAsyncDisposable
{
    private readonly IServiceProvider _services;
    private readonly IOptions<ConsoleOptions> _options;
    private readonly ILogger<ConsoleHost> _log;
    private WebApplication? _app;

    public ConsoleHost(IServiceProvider services, IOptions<ConsoleOptions> options, ILogger<ConsoleHost> log)
    {
        _services = services;
        _options = options;
        _log = log;
    }

    /// <summary>Addresses listened on, with the real port where 0 was configured; empty before the start.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <exception cref="OptionsValidationException">The configuration is not safe or not readable.</exception>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = _options.Value;
        if (!options.Enabled) return;
        // the empty builder reads no environment: ASPNETCORE_URLS must not move a listener whose address was judged above
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "opsbot" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 16 * 1024;
            foreach (var listener in ConsoleListener.ParseAll(options.Urls)) listener.Bind(kestrel);
        });
        builder.Services.AddConsolePages(_services, options);
        // the outer host answers signals; a second lifetime of its own would swallow them
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        _app = builder.Build();
        _app.MapConsole(options);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new IOException(
                $"The console cannot listen on {options.Urls}: {e.Message} Free the port or choose another one in console.urls.", e);
        }

        Addresses = _app.Urls.Select(u => new Uri(u)).ToList();
        LogListening(string.Join(", ", Addresses), _services.GetRequiredService<IPeople>().CanLogIn ? "people log in to change something" : "reading only, nobody has a personal token");
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is not null) await _app.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _app = null;
    }

    [LoggerMessage(EventId = 6100, Level = LogLevel.Information, Message = "Console on {Addresses} ({Access})")]
    private partial void LogListening(string addresses, string access);

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

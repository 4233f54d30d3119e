using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsBot.Actions.People;
using OpsBot.Contracts.Ports;
using OpsBot.Host.WebConsole;
using OpsBot.Host.WebConsole.Endpoints;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Tests.Support;

/// <summary>The console on a free port of 127.0.0.1 over a store in memory.</summary>
internal sealed class ConsoleUnderTest : IAsyncDisposable
{
    /// <summary>The console's own token: whoever has it reads.</summary>
    public const string Token = "a-token-of-some-length";

    /// <summary>The personal token of Ada, who may change things.</summary>
    public const string AdasToken = "adas-own-token-of-some-length";

    private readonly IHost _host;

    private ConsoleUnderTest(IHost host, FakeStore store, FakeActions actions, FakeLiveUpdates live, StillClock clock)
    {
        _host = host;
        Store = store;
        Actions = actions;
        Live = live;
        Clock = clock;
    }

    public FakeStore Store { get; }

    public FakeActions Actions { get; }

    public FakeWatches Watches { get; private init; } = new();

    public FakeLiveUpdates Live { get; }

    public StillClock Clock { get; }

    public Uri Address => _host.Services.GetRequiredService<ConsoleHost>().Addresses[0];

    public static async Task<ConsoleUnderTest> StartAsync(
        CancellationToken cancellationToken, Action<ConsoleOptions>? configure = null, FakeStore? store = null, bool people = false)
    {
        var fake = store ?? FakeStore.WithANight();
        var actions = new FakeActions();
        var watches = new FakeWatches();
        var live = new FakeLiveUpdates();
        var clock = new StillClock(Some.Night.AddMinutes(6));
        var host = new HostBuilder().ConfigureServices(services =>
        {
            services.AddLogging(l => l.ClearProviders());
            services.AddSingleton<TimeProvider>(clock);
            services.AddSingleton<IIncidentReader>(fake);
            services.AddSingleton<IIncidentOverview>(fake);
            services.AddSingleton<IMessageReader>(fake);
            services.AddSingleton<IMessageRetry>(fake);
            services.AddSingleton<IWatchReader>(watches);
            services.AddSingleton<IActionReader>(actions);
            services.AddSingleton<IAuditReader>(actions);
            services.AddSingleton<IConsoleDesk>(actions);
            services.AddSingleton<ILiveUpdates>(live);
            services.AddSingleton<IRedactor, FakeRedactor>();
            services.Configure<PeopleOptions>(all => all.AddRange(people ? [Some.Ada(AdasToken)] : []));
            services.AddSingleton<IPeople, ConfiguredPeople>();
            services.AddConsole();
            services.Configure<ConsoleOptions>(o =>
            {
                o.Urls = "http://127.0.0.1:0";
                configure?.Invoke(o);
            });
        }).Build();
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch
        {
            host.Dispose();
            throw;
        }

        return new ConsoleUnderTest(host, fake, actions, live, clock) { Watches = watches };
    }

    /// <summary>A browser without script: keeps cookies, does not follow redirects, says that its requests come from its own page.</summary>
    public HttpClient Browser()
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new System.Net.CookieContainer() })
        {
            BaseAddress = Address,
        };
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        client.DefaultRequestHeaders.Add("Origin", Address.GetLeftPart(UriPartial.Authority));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }
}

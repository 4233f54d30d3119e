using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpsBot.Chat.Teams;
using OpsBot.Chat.Teams.Incoming;
using OpsBot.Chat.Threads;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Processes;
using OpsBot.Storage.Threads;
using OpsBot.Tests.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>The real endpoint and surface of Teams over an intake in memory, with <see cref="TeamsSide"/> as everything outside.</summary>
internal sealed class TeamsApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TeamsApp(WebApplication app, TeamsSide side, InMemoryIntake intake, ManualClock clock, LogLines log) =>
        (_app, Side, Intake, Clock, Log) = (app, side, intake, clock, log);

    public TeamsSide Side { get; }

    public InMemoryIntake Intake { get; }

    public ManualClock Clock { get; }

    public LogLines Log { get; }

    public HttpClient Client => field ??= _app.GetTestClient();

    /// <summary>Where a request seems to come from; on loopback at first.</summary>
    public IPAddress Remote { get; set; } = IPAddress.Loopback;

    /// <summary>Where threads stand, by incident.</summary>
    public Dictionary<long, SurfaceThread> Threads { get; } = [];

    public IChatSurface Surface => _app.Services.GetServices<IChatSurface>().Single();

    public IServiceProvider Services => _app.Services;

    public InMemoryReferences References => (InMemoryReferences)Services.GetRequiredService<IConversationReferences>();

    /// <summary>What was stored, in order.</summary>
    public IReadOnlyList<ChatReceived> Received => [.. Intake.Deliveries.SelectMany(delivery => delivery.Messages)
        .Select(message => JsonSerializer.Deserialize<ChatReceived>(message.Body, OpsBotJson.Options)!)];

    public static async Task<TeamsApp> StartAsync(Action<TeamsOptions>? configure = null, IProcessRunner? programs = null, Action<IServiceCollection>? register = null)
    {
        var side = await TeamsSide.StartAsync();
        var (intake, clock, log) = (new InMemoryIntake(), new ManualClock(Some.Night), new LogLines());
        TeamsApp? made = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<IIntake>(intake);
        builder.Services.AddSingleton<IConversationReferences>(new InMemoryReferences());
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        builder.Services.AddSingleton(programs ?? new NoPrograms());
        builder.Services.Configure<TeamsOptions>(options =>
        {
            (options.AppId, options.ClientSecret, options.Tenants) = (TeamsSide.AppId, TeamsSide.Secret, [TeamsSide.Tenant]);
            configure?.Invoke(options);
        });
        builder.Services.AddSingleton<FindThread>((incident, _) => Task.FromResult(made?.Threads.GetValueOrDefault(incident)));
        builder.Services.AddTeams();
        register?.Invoke(builder.Services);
        foreach (var name in new[] { TeamsServices.MetadataClient, TeamsServices.TokenClient, TeamsServices.ConnectorHttpClient })
            builder.Services.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(() => side.Handler);
        var app = builder.Build();
        made = new TeamsApp(app, side, intake, clock, log);
        app.Use((http, next) =>
        {
            (http.Connection.RemoteIpAddress, http.Connection.LocalIpAddress) = (made.Remote, IPAddress.Loopback);
            return next(http);
        });
        app.MapTeams();
        await app.StartAsync();
        return made;
    }

    /// <summary>Posts an activity as Teams does: with a token that is good.</summary>
    public Task<HttpResponseMessage> SendAsync(JsonObject activity) => SendAsync(activity, Side.Key.Token(TokenMaker.Claims(Clock.GetUtcNow())));

    public Task<HttpResponseMessage> SendAsync(JsonObject activity, string? token) =>
        SendAsync(Encoding.UTF8.GetBytes(activity.ToJsonString()), token);

    public async Task<HttpResponseMessage> SendAsync(byte[] body, string? token, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, TeamsEndpoints.Path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        change?.Invoke(request);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Side.DisposeAsync();
    }

    private sealed class NoPrograms : IProcessRunner
    {
        public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellationToken) => Task.FromResult(
            new ProcessResult(ProcessOutcome.NotStarted, null, CapturedOutput.None, CapturedOutput.None, TimeSpan.Zero, "it is not there"));
    }
}

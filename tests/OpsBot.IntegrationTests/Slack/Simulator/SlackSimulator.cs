using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.IntegrationTests.Chat;

namespace OpsBot.IntegrationTests.Slack.Simulator;

/// <summary>How a call is to go wrong.</summary>
internal enum SlackFault
{
    /// <summary>429 with Retry-After, nothing done.</summary>
    RateLimited,

    /// <summary>500, nothing done.</summary>
    ServerError,

    /// <summary>Done, and the connection is cut before the answer: the caller cannot know.</summary>
    AnswerLost,

    /// <summary>The connection is cut, nothing done.</summary>
    Cut,

    /// <summary><c>ok: false</c>: the workspace does not let the bot post there.</summary>
    Forbidden,
}

/// <summary>
/// Slack as far as we use it, on a free port of this machine: Web API, file uploads, response_url and Socket Mode, with the refusals that its documentation
/// states. What it does is held against Slack's own clients by <see cref="SimulatorAgainstBoltTests"/>.
/// </summary>
internal sealed class SlackSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<SlackFault>> _faults = new(StringComparer.Ordinal);

    private SlackSimulator(WebApplication app)
    {
        _app = app;
        Sockets = new SimulatorSockets();
        var api = new SimulatorWebApi(this);
        app.UseWebSockets();
        app.MapPost("/api/{method}", api.AnswerAsync);
        app.MapGet("/api/{method}", api.AnswerAsync);
        app.MapPost("/upload/{file}", api.UploadAsync);
        app.MapPost("/respond/{channel}/{user}", api.RespondAsync);
        app.Map("/link", Sockets.AcceptAsync);
    }

    public SlackWorkspace Workspace { get; } = new();

    public SimulatorSockets Sockets { get; }

    public Uri Url { get; private set; } = null!;

    public Uri ApiUrl => new(Url, "api/");

    /// <summary>Every method that was called, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Holds a call, <c>chat.postMessage/before</c> or <c>/after</c> it took effect, so that its caller can be killed in the middle of it.</summary>
    public KillTrap Trap { get; } = new();

    /// <summary>Nobody answers from now on.</summary>
    public bool IsDown { get; set; }

    public static async Task<SlackSimulator> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var simulator = new SlackSimulator(app);
        await app.StartAsync(cancellationToken);
        simulator.Url = new Uri(app.Urls.First());
        return simulator;
    }

    /// <summary>The next calls of a method go wrong, one fault each.</summary>
    public void Break(string method, params SlackFault[] faults)
    {
        foreach (var fault in faults)
            _faults.GetOrAdd(method, _ => new()).Enqueue(fault);
    }

    public SimulatorLimits Limits { get; } = new();

    /// <summary>Seconds that a 429 asks for.</summary>
    public int RetryAfter { get; set; } = 1;

    /// <summary>The next fault of a method; of <c>chat.*</c> for whichever posts or edits next.</summary>
    public SlackFault? NextFault(string method) =>
        ((string[])[method, method.StartsWith("chat.", StringComparison.Ordinal) ? "chat.*" : method])
            .Select(name => _faults.TryGetValue(name, out var queue) && queue.TryDequeue(out var fault) ? fault : (SlackFault?)null).FirstOrDefault(fault => fault is not null);

    public async ValueTask DisposeAsync()
    {
        await Sockets.CloseAllAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }
}

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsBot.Chat.Slack;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Ports;
using OpsBot.IntegrationTests.Slack.Simulator;
using OpsBot.Runtime;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>Our adapter in this process, talking to the simulator; what it takes in goes to an intake that the test can hold up.</summary>
internal sealed class SlackUnderTest : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SlackUnderTest(WebApplication app, SlackSimulator slack, GatedIntake intake, LogCapture log) => (_app, Slack, Intake, Log) = (app, slack, intake, log);

    public SlackSimulator Slack { get; }

    public GatedIntake Intake { get; }

    public LogCapture Log { get; }

    public IChatSurface Surface => _app.Services.GetServices<IChatSurface>().Single();

    /// <summary>Below it are <c>events</c>, <c>interactivity</c> and <c>commands</c> in HTTP mode.</summary>
    public Uri Url => new(new Uri(_app.Urls.First()), "slack/");

    public static async Task<SlackUnderTest> StartAsync(CancellationToken cancellationToken, SlackMode mode = SlackMode.Http, bool listening = true, SlackSimulator? simulator = null, Uri? api = null)
    {
        var slack = simulator ?? await SlackSimulator.StartAsync(cancellationToken);
        var (intake, log) = (new GatedIntake(), new LogCapture());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Logging.AddProvider(log);
        builder.Services.AddRoutingCore().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddSingleton(TimeProvider.System).AddSingleton<IIntake>(intake).AddRuntime().AddSlack();
        builder.Services.Configure<SlackOptions>(options =>
        {
            (options.BotToken, options.AppToken, options.SigningSecret) = (SlackWorkspace.BotToken, SlackWorkspace.AppToken, SlackWorkspace.SigningSecret);
            (options.Mode, options.ApiUrl, options.AlertChannels) = (mode, (api ?? slack.ApiUrl).ToString(), [SlackWorkspace.Alerts]);
        });
        if (listening)
            builder.Services.AddSlackListening();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseRouting();
        app.MapSlack();
        await app.StartAsync(cancellationToken);
        return new SlackUnderTest(app, slack, intake, log);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        await Slack.DisposeAsync();
    }
}

/// <summary>An intake that keeps what it accepted by (source, key), as the store does, and that can be made to wait or to fail.</summary>
internal sealed class GatedIntake : IIntake
{
    private readonly ConcurrentDictionary<string, Delivery> _kept = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Delivery> _order = new();
    private volatile TaskCompletionSource? _gate;
    private int _asked;

    public IReadOnlyList<Delivery> Stored => [.. _order];

    /// <summary>How often something was to be stored.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public int Refused { get; private set; }

    public bool Fails { get; set; }

    /// <summary>Nothing is committed until <see cref="Open"/>.</summary>
    public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _gate?.TrySetResult();

    public async Task<IntakeResult> AcceptAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        if (Fails)
            throw new IOException("the disk is gone");
        if (_gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);
        if (!_kept.TryAdd($"{delivery.Source}/{delivery.DeliveryKey}", delivery))
            return IntakeResult.Duplicate;
        _order.Enqueue(delivery);
        return IntakeResult.Accepted;
    }

    public Task<IntakeResult> QuarantineAsync(QuarantinedDelivery delivery, CancellationToken cancellationToken) => throw new NotSupportedException("Slack has no quarantine.");

    public void CountRefused(string source) => Refused++;
}

/// <summary>Every line that was logged, for what must not be among them.</summary>
internal sealed class LogCapture : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}

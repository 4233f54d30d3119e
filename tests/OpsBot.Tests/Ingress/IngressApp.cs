using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpsBot.Contracts.Ports;
using OpsBot.Host.Configuration;
using OpsBot.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress;

/// <summary>The real endpoints over an in-memory intake, in this process.</summary>
internal sealed class IngressApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private IngressApp(WebApplication app, InMemoryIntake intake)
    {
        _app = app;
        Intake = intake;
        Client = app.GetTestClient();
    }

    public InMemoryIntake Intake { get; }

    public LogLines Log { get; private init; } = new();

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public ISampleSigner Signer => Services.GetRequiredService<ISampleSigner>();

    public static async Task<IngressApp> StartAsync(Action<SendersOptions>? configure = null, TimeProvider? clock = null)
    {
        var intake = new InMemoryIntake();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        var log = new LogLines();
        builder.Logging.ClearProviders().AddProvider(log).AddFilter((category, _) => category?.StartsWith("OpsBot.", StringComparison.Ordinal) == true);
        builder.Services.AddSingleton<IIntake>(intake);
        builder.Services.Replace(ServiceDescriptor.Singleton(clock ?? new FixedTime(Some.ReceivedAt)));
        builder.Services.Configure<SendersOptions>(configure ?? Some.AllSenders);
        builder.Services.AddSingleton(ShippedMappings.Library);
        builder.Services.AddIngress();
        var app = builder.Build();
        app.MapIngress();
        await app.StartAsync();
        return new IngressApp(app, intake) { Log = log };
    }

    /// <summary>Posts a body as its sender would: signed, with the sender's headers.</summary>
    public Task<HttpResponseMessage> SendAsync(string source, string body, string? eventName = null) =>
        SendAsync(source, Encoding.UTF8.GetBytes(body), Signer.HeadersFor(source, Encoding.UTF8.GetBytes(body), eventName), Signer.QueryFor(source));

    public async Task<HttpResponseMessage> SendAsync(string source, byte[] body, IReadOnlyDictionary<string, string> headers, string? query = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, IngressEndpoints.PathOf(source) + (query ?? "")) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsBot.Chat.Teams;
using OpsBot.Chat.Threads;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime;
using OpsBot.Tests.Chat.Teams;
using OpsBot.Tests.Ingress;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>The endpoint and the surface of Teams on a port of this machine, with an intake in memory: what the adapter does by itself.</summary>
internal sealed class TeamsBot : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly InMemoryIntake _intake;

    private TeamsBot(WebApplication app, InMemoryIntake intake) => (_app, _intake) = (app, intake);

    public Uri Endpoint => new(new Uri(_app.Urls.First()), TeamsEndpoints.Path);

    public IChatSurface Surface => _app.Services.GetServices<IChatSurface>().Single();

    public IReadOnlyList<ChatReceived> Received => [.. _intake.Deliveries.SelectMany(delivery => delivery.Messages)
        .Select(message => JsonSerializer.Deserialize<ChatReceived>(message.Body, OpsBotJson.Options)!)];

    /// <param name="playground">The port of the playground that it will talk to.</param>
    public static async Task<TeamsBot> StartAsync(int playground, CancellationToken cancellationToken)
    {
        var intake = new InMemoryIntake();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<IIntake>(intake).AddRuntime();
        builder.Services.Configure<TeamsOptions>(options =>
        {
            (options.AppId, options.Tenants, options.Insecure) = ("playground", [PlaygroundServer.Tenant], true);
            (options.ServiceUrl, options.ServiceUrls) = (PlaygroundServer.ServiceUrl(playground), [PlaygroundServer.ServiceUrl(playground)]);
        });
        builder.Services.AddSingleton<IConversationReferences>(new InMemoryReferences());
        builder.Services.AddTeams();
        var app = builder.Build();
        app.MapTeams();
        await app.StartAsync(cancellationToken);
        return new TeamsBot(app, intake);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

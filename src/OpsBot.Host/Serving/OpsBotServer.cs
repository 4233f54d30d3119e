using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using OpsBot.Actions.Audit;
using OpsBot.Actions.Execution;
using OpsBot.Chat.Slack;
using OpsBot.Chat.Teams;
using OpsBot.Handlers;
using OpsBot.Host.Bus;
using OpsBot.Host.Configuration;
using OpsBot.Host.Telemetry;
using OpsBot.Host.WebConsole;
using OpsBot.Ingress;
using OpsBot.Storage.Engine;

namespace OpsBot.Host.Serving;

/// <summary>The whole program as <c>serve</c> runs it. The demo and replay build the very same.</summary>
internal static class OpsBotServer
{
    private const long LargestBody = 128L << 20;

    /// <exception cref="ConfigurationRefusedException">The configuration does not hold; all problems are listed.</exception>
    public static WebApplication Build(LoadedConfiguration configuration, ServeSettings settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "opsbot" });
        var started = new StrongBox<bool>();
        builder.Logging.AddOpsBotConsole(settings.Quiet, LoggingOptions.Of(configuration).Format).LeaveFailedStartsToTheCaller(() => started.Value);
        var roles = OpsBotServices.RolesOf(configuration, settings);
        builder.Services.AddSingleton(new StorePatience(WaitsForServer: true));
        builder.Services.AddOpsBot(configuration, settings).AddTelemetry();
        if (roles.Contains(HostRole.Worker) || roles.Contains(HostRole.Chat))
        {
            // who writes into the audit does not begin with a key that is not its own
            builder.Services.AddHostedService(provider => provider.GetRequiredService<AuditKeyGuard>());
        }

        if (roles.Contains(HostRole.Worker))
        {
            // before the bus, and so stopped after it: the head that is anchored at a graceful stop is the last
            builder.Services.AddHostedService<AuditAnchoring>().AddHostedService(provider => provider.GetRequiredService<RunWatch>());
        }

        builder.Services.AddBus(OpsBotServices.BusOf(configuration), roles);
        if (roles.Contains(HostRole.Chat))
        {
            builder.Services.AddConsole();
            if (configuration.HasSlack())
            {
                builder.Services.AddSlackListening();
            }
        }

        if (roles.Contains(HostRole.Ingress))
        {
            builder.Services.AddHostedService<QuarantineRereader>();
            builder.Services.AddIngressPolls();
        }

        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<Readiness>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });

        ConfigurationRefusedException.ThrowIfAny(configuration, builder.Services);
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => started.Value = true);
        foreach (var url in app.Services.GetRequiredService<IOptions<ListenOptions>>().Value.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            app.Urls.Add(url);
        }

        // it counts from here on, what the endpoints begin with too
        _ = app.Services.GetRequiredService<MetricListener>();
        app.UseRouting();
        app.MapGet("/healthz", static async (StoreHealth health, CancellationToken cancellationToken) =>
            await health.FaultAsync(cancellationToken) is { } problem
                ? Results.Text(problem + "\n", statusCode: StatusCodes.Status503ServiceUnavailable)
                : Results.Text("ok\n"));
        app.MapGet("/readyz", static async (Readiness readiness, string? only, CancellationToken cancellationToken) =>
        {
            var all = Readiness.Only(only, await readiness.AskAsync(cancellationToken));
            return all.Count == 0 ? Results.Text("there is no dependency of that name\n", statusCode: StatusCodes.Status400BadRequest) : Results.Text(
                string.Concat(all.Select(each => $"{each.Name}: {each.Problem ?? "ok"}\n")),
                statusCode: all.All(each => each.Problem is null || !each.IsNeeded) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
        if (roles.Contains(HostRole.Ingress))
        {
            app.MapIngress();
            app.MapSlack();
            app.MapTeams();
        }
        else
        {
            var answer = $"This host takes no deliveries: it is {RoleNames.Of(roles)}. Send them to one that is ingress.\n";
            app.Map("/webhooks/{**source}", () => Results.Text(answer, statusCode: StatusCodes.Status404NotFound));
        }

        return app;
    }

    /// <summary>Starts; what has started already is stopped again where something else cannot, so that it does not work on while the rest is taken away.</summary>
    public static async Task StartOrStopAsync(this WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.StopAsync(CancellationToken.None);
            throw;
        }
    }
}

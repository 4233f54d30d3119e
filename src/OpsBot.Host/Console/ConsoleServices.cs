using System.Net;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsBot.Actions.People;
using OpsBot.Contracts.Ports;
using OpsBot.Host.Telemetry;
using OpsBot.Host.WebConsole.Endpoints;
using OpsBot.Host.WebConsole.Pages;
using OpsBot.Host.WebConsole.Security;
using OpsBot.Host.WebConsole.View;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.WebConsole;

/// <summary>Registers the console with the program, and its pages with the console's own listener.</summary>
public static class ConsoleServices
{
    /// <summary>
    /// Runs the console beside the rest. Needs <see cref="IIncidentReader"/>, <see cref="IIncidentOverview"/>, <see cref="IMessageReader"/>,
    /// <see cref="IMessageRetry"/>, <see cref="IWatchReader"/>, <see cref="ILiveUpdates"/>, <see cref="IPeople"/> and <see cref="IRedactor"/>; bind <see cref="ConsoleOptions"/> from <c>console</c>.
    /// </summary>
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddOptions<ConsoleOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ConsoleOptions>, ConsoleOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IConsoleDesk, ConsoleDesk>();
        services.TryAddSingleton<ConsoleHost>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ConsoleHost>(s => s.GetRequiredService<ConsoleHost>()));
        return services;
    }

    /// <summary>What the pages need, on the console's own listener; the ports are those of the program around it.</summary>
    internal static IServiceCollection AddConsolePages(this IServiceCollection services, IServiceProvider program, ConsoleOptions options)
    {
        services.AddSingleton(program.GetRequiredService<ILoggerFactory>());
        services.AddSingleton(program.GetRequiredService<TimeProvider>());
        services.AddSingleton(program.GetRequiredService<IIncidentReader>());
        services.AddSingleton(program.GetRequiredService<IIncidentOverview>());
        services.AddSingleton(program.GetRequiredService<IMessageReader>());
        services.AddSingleton(program.GetRequiredService<IMessageRetry>());
        services.AddSingleton(program.GetRequiredService<ILiveUpdates>());
        services.AddSingleton(program.GetRequiredService<IRedactor>());
        services.AddSingleton(program.GetRequiredService<IActionReader>());
        services.AddSingleton(program.GetRequiredService<IAuditReader>());
        services.AddSingleton(program.GetRequiredService<IWatchReader>());
        services.AddSingleton(program.GetRequiredService<IConsoleDesk>());
        services.AddSingleton(program.GetRequiredService<IPeople>());
        if (program.GetService<MetricsPage>() is { } metrics) services.AddSingleton(metrics);
        services.AddSingleton(provider => new ConsoleAccess(options, provider.GetRequiredService<IPeople>()));
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<LiveStreams>();
        services.AddSingleton<MessageWatch>();
        services.AddSingleton<WatchPulse>();
        services.AddSingleton<AssetFiles>();
        services.AddSingleton<Answers>();
        services.AddSingleton<Asked>();
        services.AddScoped<PageRenderer>();
        services.AddRoutingCore();
        services.AddSession(options.SessionLength);
        return services;
    }

    /// <summary>The pages, the live stream and what guards them, in the order in which a request meets them.</summary>
    internal static WebApplication MapConsole(this WebApplication app, ConsoleOptions options)
    {
        if (options.TrustedProxies.Count > 0)
        {
            var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor };
            foreach (var proxy in options.TrustedProxies)
            {
                forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
            }

            app.UseForwardedHeaders(forwarded);
        }

        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<HostAllowList>();
        app.UseMiddleware<OriginCheck>();
        app.UseMiddleware<ErrorPages>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapAssets();
        app.MapLogin();
        app.MapIncidents();
        app.MapWatches();
        app.MapActions();
        app.MapMutes();
        app.MapAudit();
        app.MapMessages();
        app.MapLive();
        if (app.Services.GetService<MetricsPage>() is { } metrics) MetricsPage.Map(app, metrics).RequireAuthorization(ConsoleAccess.Read);
        return app;
    }

    private static void AddSession(this IServiceCollection services, TimeSpan length)
    {
        // keys live and die with the process: nothing to steal from a disk, and a restart, which is when the people of the configuration
        // change, ends every session: those of people who are gone or have a new token too
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "opsbot-form";
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.HttpOnly = true;
        });
        services.AddAuthentication(ConsoleAccess.Scheme).AddCookie(ConsoleAccess.Scheme, o =>
        {
            o.Cookie.Name = "opsbot-session";
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.HttpOnly = true;
            o.ExpireTimeSpan = length;
            o.SlidingExpiration = true;
            o.LoginPath = "/login";
            o.ReturnUrlParameter = "next";
            o.Events.OnRedirectToLogin = RedirectToLogin;
            o.Events.OnRedirectToAccessDenied = RedirectToLogin;
        });
        // what would make keys at the start all the same, write them below HOME as they are, and never use them
        foreach (var maker in services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(IDataProtectionBuilder).Assembly).ToList())
        {
            services.Remove(maker);
        }

        services.AddAuthorizationBuilder()
            .AddPolicy(ConsoleAccess.Read, p => p.RequireAssertion(c => ConsoleAccess.Of(c).MayRead(c.User)))
            .AddPolicy(ConsoleAccess.Change, p => p.RequireAssertion(c => ConsoleAccess.Of(c).PersonOf(c.User) is not null));
    }

    private static Task RedirectToLogin(Microsoft.AspNetCore.Authentication.RedirectContext<CookieAuthenticationOptions> context)
    {
        // a script that reads the live stream or sends a form cannot make use of a page
        var page = HttpMethods.IsGet(context.Request.Method) && context.Request.Path != LiveStreams.Path;
        if (page) context.Response.Redirect(context.RedirectUri);
        else context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}

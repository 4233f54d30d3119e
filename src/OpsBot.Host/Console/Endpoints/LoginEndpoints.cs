using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using OpsBot.Host.WebConsole.Pages;
using OpsBot.Host.WebConsole.Security;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>Logging in with a personal token, or with the one of readers, and out again.</summary>
internal static partial class LoginEndpoints
{
    private const int LongestGuess = 512;

    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", (HttpContext context, PageRenderer pages, string? next) =>
            pages.RenderAsync<LoginPage>(context, new LoginForm(Local(next), null)));
        routes.MapPost("/login", LogInAsync);
        routes.MapPost("/logout", LogOutAsync);
    }

    private static async Task<IResult> LogInAsync(
        HttpContext context, IAntiforgery antiforgery, ConsoleAccess access, LoginThrottle throttle, PageRenderer pages,
        ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await antiforgery.ValidateRequestAsync(context);
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var next = Local(form["next"]);
        var address = context.Connection.RemoteIpAddress;
        if (throttle.WaitFor(address) is { } wait)
        {
            var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers.RetryAfter = seconds;
            return await pages.RenderAsync<LoginPage>(
                context, new LoginForm(next, $"Too many wrong tokens. Wait {seconds} s and try again."), StatusCodes.Status429TooManyRequests);
        }

        var guess = form["token"].ToString();
        if (guess.Length > LongestGuess || access.LogIn(guess.Trim()) is not { } principal)
        {
            throttle.Failed(address);
            LogRefused(loggers.CreateLogger("OpsBot.Host.WebConsole"), address?.ToString());
            return await pages.RenderAsync<LoginPage>(
                context, new LoginForm(next, "That is nobody's token."), StatusCodes.Status401Unauthorized);
        }

        await context.SignInAsync(ConsoleAccess.Scheme, principal);
        LogLoggedIn(loggers.CreateLogger("OpsBot.Host.WebConsole"), access.PersonOf(principal)?.Id ?? "a reader", address?.ToString());
        return SeeOther(context, next);
    }

    private static async Task<IResult> LogOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        await antiforgery.ValidateRequestAsync(context);
        await context.SignOutAsync(ConsoleAccess.Scheme);
        return SeeOther(context, "/");
    }

    private static IResult SeeOther(HttpContext context, string path)
    {
        context.Response.Headers.Location = path;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>A path of this console, or the list: a login must not lead to somebody else's page.</summary>
    internal static string Local(string? next) =>
        next is ['/', ..] && !next.StartsWith("//", StringComparison.Ordinal) && next.Length <= 500
        && next.All(c => c is > ' ' and < '\u007f' and not '\\')
            ? next
            : "/";

    [LoggerMessage(EventId = 6104, Level = LogLevel.Information, Message = "{Who} logged in on the console from {Address}")]
    private static partial void LogLoggedIn(ILogger logger, string who, string? address);

    [LoggerMessage(EventId = 6103, Level = LogLevel.Warning, Message = "Wrong login token on the console from {Address}")]
    private static partial void LogRefused(ILogger logger, string? address);
}

/// <param name="Next">Where the login leads.</param>
/// <param name="Problem">Why the last try failed.</param>
public sealed record LoginForm(string Next, string? Problem);

using Microsoft.AspNetCore.Antiforgery;
using OpsBot.Contracts.Ports;
using OpsBot.Host.WebConsole.Pages;
using OpsBot.Host.WebConsole.Security;
using OpsBot.Host.WebConsole.View;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>The messages page and the one thing that it changes: a dead message gets another try.</summary>
internal static partial class MessageEndpoints
{
    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/messages", BoardAsync).RequireAuthorization(ConsoleAccess.Read);
        routes.MapPost("/messages/{id:long}/retry", RetryAsync).RequireAuthorization(ConsoleAccess.Change);
    }

    private static async Task<IResult> BoardAsync(
        HttpContext context, IMessageReader messages, PageRenderer pages, string? id, string? retry, CancellationToken cancellationToken)
    {
        var counts = await messages.CountAsync(cancellationToken);
        var dead = await messages.DeadAsync(MessageBoard.Limit, cancellationToken);
        var quarantined = await messages.QuarantinedAsync(MessageBoard.Limit, cancellationToken);
        return await pages.RenderAsync<MessagesPage>(context, new MessageBoard(counts, dead, quarantined, NoticeOf(id, retry)));
    }

    private static async Task<IResult> RetryAsync(
        long id, HttpContext context, IMessageRetry messages, ConsoleAccess access, IAntiforgery antiforgery, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await antiforgery.ValidateRequestAsync(context);
        var outcome = await messages.RetryAsync(id, cancellationToken);
        LogRetried(loggers.CreateLogger("OpsBot.Host.WebConsole"), id, access.PersonOf(context.User)!.Id, outcome);
        // what a reload repeats is the page, not the retry
        context.Response.Headers.Location = FormattableString.Invariant($"/messages?id={id}&retry={Word(outcome)}");
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>Only words of our own come back from the address line.</summary>
    private static string? NoticeOf(string? id, string? retry)
    {
        if (!long.TryParse(id, System.Globalization.CultureInfo.InvariantCulture, out var number)) return null;
        return retry switch
        {
            "queued" => FormattableString.Invariant($"Message {number} is due again."),
            "not-dead" => FormattableString.Invariant($"Message {number} is not dead any more: somebody was faster."),
            "not-found" => FormattableString.Invariant($"There is no message {number}."),
            _ => null,
        };
    }

    private static string Word(RetryOutcome outcome) => outcome switch
    {
        RetryOutcome.Queued => "queued",
        RetryOutcome.NotDead => "not-dead",
        _ => "not-found",
    };

    [LoggerMessage(EventId = 6102, Level = LogLevel.Information, Message = "Retry of message {Id} asked for by {Person} on the console: {Outcome}")]
    private static partial void LogRetried(ILogger logger, long id, string person, RetryOutcome outcome);
}

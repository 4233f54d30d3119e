using OpsBot.Chat.Cards;
using OpsBot.Host.WebConsole.Pages;
using OpsBot.Host.WebConsole.Security;
using OpsBot.Host.WebConsole.View;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>What is muted, and the one thing that the page changes: a mute ends before its time.</summary>
internal static class MuteEndpoints
{
    public static void MapMutes(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/mutes", BoardAsync).RequireAuthorization(ConsoleAccess.Read);
        routes.MapPost("/mutes/end", EndAsync).RequireAuthorization(ConsoleAccess.Change);
    }

    private static async Task<IResult> BoardAsync(
        HttpContext context, IConsoleDesk desk, IRedactor redactor, Answers answers, PageRenderer pages, string? answer, CancellationToken cancellationToken)
    {
        var all = await desk.MutesAsync(MuteBoard.Limit + 1, cancellationToken);
        return await pages.RenderAsync<MutesPage>(context, new MuteBoard(
            [
                .. all.Take(MuteBoard.Limit).Select(row => row with
                {
                    Fingerprint = redactor.Redact(row.Fingerprint), Reason = row.Reason is { } reason ? redactor.Redact(reason) : null,
                }),
            ],
            all.Count > MuteBoard.Limit,
            answers.Find(answer)));
    }

    private static async Task<IResult> EndAsync(HttpContext context, Asked asked, IConsoleDesk desk, IRedactor redactor, CancellationToken cancellationToken)
    {
        var form = await asked.ReadAsync(context, cancellationToken);
        var answer = await desk.UnmuteAsync(asked.Person(context), form["mute"].ToString(), cancellationToken);
        return asked.SeeOther(context, "/mutes", answer with { Text = PlainText.Line(redactor.Redact(answer.Text), 600).Value });
    }
}

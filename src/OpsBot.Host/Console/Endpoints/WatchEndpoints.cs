using OpsBot.Chat.Cards;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Host.WebConsole.Pages;
using OpsBot.Host.WebConsole.Security;
using OpsBot.Host.WebConsole.View;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>The list of watches, the page of one, and what people do to them: the words of chat, from buttons.</summary>
internal static class WatchEndpoints
{
    private static readonly string[] Verbs = ["pause", "resume", "extend", "stop"];

    public static void MapWatches(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/watches", ListAsync).RequireAuthorization(ConsoleAccess.Read);
        routes.MapGet("/watches/{name}", OneAsync).RequireAuthorization(ConsoleAccess.Read);
        routes.MapPost("/watches", StartAsync).RequireAuthorization(ConsoleAccess.Change);
        routes.MapPost("/watches/{name}/{verb}", ChangeAsync).RequireAuthorization(ConsoleAccess.Change);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, IWatchReader watches, IRedactor redactor, Answers answers, PageRenderer pages, string? all, string? answer, CancellationToken cancellationToken)
    {
        var ended = all == "1";
        var found = await watches.ListAsync(ended ? [] : [WatchStatus.Running, WatchStatus.Paused], WatchBoard.Limit + 1, cancellationToken);
        return await pages.RenderAsync<WatchesPage>(context, new WatchBoard(
            [.. found.Take(WatchBoard.Limit).Select(watch => watch.Redacted(redactor))], found.Count > WatchBoard.Limit, ended, answers.Find(answer)));
    }

    private static async Task<IResult> OneAsync(
        string name, HttpContext context, IWatchReader watches, IRedactor redactor, Answers answers, PageRenderer pages, string? answer, CancellationToken cancellationToken)
    {
        if (!WatchNames.TryParse(name, out var id)) return Results.NotFound();
        if (name != WatchNames.Watch(id)) return Results.Redirect($"/watches/{WatchNames.Watch(id)}");
        return await watches.FindAsync(id, cancellationToken) is not { } watch
            ? await pages.RenderAsync<ErrorPage>(
                context, new ErrorText($"There is no {WatchNames.Watch(id)}", "It may be in another store, or have ended long ago. The list has those that run."), StatusCodes.Status404NotFound)
            : await pages.RenderAsync<WatchPage>(context, new WatchView(
                watch.Redacted(redactor), await watches.FindingsAsync(id, WatchView.Findings, cancellationToken), await watches.IncidentOfAsync(id, cancellationToken), answers.Find(answer)));
    }

    private static async Task<IResult> StartAsync(HttpContext context, Asked asked, IConsoleDesk desk, CancellationToken cancellationToken)
    {
        var form = await asked.ReadAsync(context, cancellationToken);
        return asked.SeeOther(context, "/watches", await desk.SayAsync(asked.Person(context), incidentId: null, $"watch {form["what"]}", cancellationToken));
    }

    private static async Task<IResult> ChangeAsync(
        string name, string verb, HttpContext context, Asked asked, IConsoleDesk desk, CancellationToken cancellationToken)
    {
        var form = await asked.ReadAsync(context, cancellationToken);
        if (!WatchNames.TryParse(name, out var id) || !Verbs.Contains(verb)) return Results.NotFound();
        var more = verb switch { "extend" => form["by"].ToString(), "stop" => form["reason"].ToString(), _ => "" };
        return asked.SeeOther(
            context, $"/watches/{WatchNames.Watch(id)}",
            await desk.SayAsync(asked.Person(context), incidentId: null, $"watch {verb} {WatchNames.Watch(id)} {more}", cancellationToken));
    }
}

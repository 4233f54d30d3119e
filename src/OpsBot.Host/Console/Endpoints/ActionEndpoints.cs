using Microsoft.AspNetCore.Antiforgery;
using OpsBot.Actions.Approvals;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Host.WebConsole.Pages;
using OpsBot.Host.WebConsole.Security;
using OpsBot.Host.WebConsole.View;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>
/// The actions page, and what people decide from pages. Every change needs a person and the antiforgery field, and ends in a redirect that
/// carries the name of its answer: a reload, a second click and a stale tab are told how things stand, and change nothing.
/// </summary>
internal static class ActionEndpoints
{
    private static readonly ProposalStatus[] Live = [ProposalStatus.Open, ProposalStatus.Approved, ProposalStatus.Running];
    private static readonly RunStatus[] UnderWay = [RunStatus.Waiting, RunStatus.Checking, RunStatus.Intended, RunStatus.Exited, RunStatus.Undoing, RunStatus.Unknown];
    private static readonly RunStatus[] Over = [RunStatus.Verified, RunStatus.Undone, RunStatus.Failed, RunStatus.Refused];

    public static void MapActions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/actions", BoardAsync).RequireAuthorization(ConsoleAccess.Read);
        routes.MapPost("/proposals/{id:long}/decide", DecideAsync).RequireAuthorization(ConsoleAccess.Change);
        routes.MapPost("/actions/stop", StopAsync).RequireAuthorization(ConsoleAccess.Change);
        routes.MapPost("/actions/resume", ResumeAsync).RequireAuthorization(ConsoleAccess.Change);
        routes.MapPost("/incidents/{name}/acknowledge", AcknowledgeAsync).RequireAuthorization(ConsoleAccess.Change);
        routes.MapPost("/incidents/{name}/resolve", ResolveAsync).RequireAuthorization(ConsoleAccess.Change);
        routes.MapPost("/incidents/{name}/say", SayAsync).RequireAuthorization(ConsoleAccess.Change);
    }

    private static async Task<IResult> BoardAsync(
        HttpContext context, IActionReader actions, IRedactor redactor, Answers answers, PageRenderer pages, string? answer, CancellationToken cancellationToken)
    {
        var proposals = await actions.ProposalsAsync(incidentId: null, Live, ActionBoard.Limit, cancellationToken);
        var running = await actions.RunsAsync(UnderWay, ActionBoard.Limit, cancellationToken);
        var past = await actions.RunsAsync(Over, ActionBoard.Limit, cancellationToken);
        return await pages.RenderAsync<ActionsPage>(context, new ActionBoard(
            ProposalWords.Ordered([.. proposals.Select(view => view.Redacted(redactor))]),
            [.. running.Select(run => run.Redacted(redactor))],
            [.. past.Select(run => run.Redacted(redactor))],
            await actions.SwitchAsync(cancellationToken),
            answers.Find(answer)));
    }

    private static async Task<IResult> DecideAsync(
        long id, HttpContext context, Asked asked, IConsoleDesk desk, CancellationToken cancellationToken)
    {
        var form = await asked.ReadAsync(context, cancellationToken);
        var back = LoginEndpoints.Local(form["back"]);
        bool? approve = form["decision"].ToString() switch { "approve" => true, "refuse" => false, _ => null };
        // what the form does not say in full was not made by a page of ours: nothing is guessed
        if (approve is null || !int.TryParse(form["version"], System.Globalization.CultureInfo.InvariantCulture, out var version))
        {
            return asked.SeeOther(context, back, new Answer(false, "That form said neither yes nor no. Nothing was changed; decide from the page."));
        }

        var answer = await desk.DecideAsync(
            new DecisionRequest(id, version, form["hash"].ToString(), asked.Person(context).Id, approve.Value, form["reason"]), cancellationToken);
        return asked.SeeOther(context, back, answer);
    }

    private static async Task<IResult> StopAsync(HttpContext context, Asked asked, IConsoleDesk desk, CancellationToken cancellationToken)
    {
        var form = await asked.ReadAsync(context, cancellationToken);
        return asked.SeeOther(context, "/actions", await desk.StopAsync(asked.Person(context), form["reason"].ToString(), cancellationToken));
    }

    private static async Task<IResult> ResumeAsync(HttpContext context, Asked asked, IConsoleDesk desk, CancellationToken cancellationToken)
    {
        await asked.ReadAsync(context, cancellationToken);
        return asked.SeeOther(context, "/actions", await desk.ResumeAsync(asked.Person(context), cancellationToken));
    }

    private static Task<IResult> AcknowledgeAsync(string name, HttpContext context, Asked asked, IConsoleDesk desk, CancellationToken cancellationToken) =>
        OfIncidentAsync(name, context, asked, desk.AcknowledgeAsync, cancellationToken);

    private static Task<IResult> ResolveAsync(string name, HttpContext context, Asked asked, IConsoleDesk desk, CancellationToken cancellationToken) =>
        OfIncidentAsync(name, context, asked, desk.ResolveAsync, cancellationToken);

    private static async Task<IResult> SayAsync(string name, HttpContext context, Asked asked, IConsoleDesk desk, CancellationToken cancellationToken)
    {
        var form = await asked.ReadAsync(context, cancellationToken);
        return Names.TryParseIncident(name, out var id)
            ? asked.SeeOther(context, $"/incidents/{Names.Incident(id)}", await desk.SayAsync(asked.Person(context), id, form["text"].ToString(), cancellationToken))
            : Results.NotFound();
    }

    private static async Task<IResult> OfIncidentAsync(
        string name, HttpContext context, Asked asked, Func<Person, long, CancellationToken, Task<Answer>> ask, CancellationToken cancellationToken)
    {
        await asked.ReadAsync(context, cancellationToken);
        return Names.TryParseIncident(name, out var id)
            ? asked.SeeOther(context, $"/incidents/{Names.Incident(id)}", await ask(asked.Person(context), id, cancellationToken))
            : Results.NotFound();
    }
}

/// <summary>What every form has in common: it is from our page, somebody sent it, and it ends in a redirect.</summary>
internal sealed class Asked(IAntiforgery antiforgery, ConsoleAccess access, Answers answers)
{
    public async Task<IFormCollection> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        await antiforgery.ValidateRequestAsync(context);
        return await context.Request.ReadFormAsync(cancellationToken);
    }

    /// <summary>Whoever is logged in; the endpoint asked for somebody to be.</summary>
    public Person Person(HttpContext context) =>
        access.PersonOf(context.User) ?? throw new InvalidOperationException("The endpoint lets people through whom the configuration does not name.");

    public IResult SeeOther(HttpContext context, string path, Answer answer)
    {
        context.Response.Headers.Location = $"{path.Split('?', 2)[0]}?{Answers.Parameter}={answers.Keep(answer.Text)}";
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}

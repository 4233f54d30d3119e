using OpsBot.Chat.Cards;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Host.WebConsole.Pages;
using OpsBot.Host.WebConsole.Security;
using OpsBot.Host.WebConsole.View;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>The list of incidents and the thread of one.</summary>
internal static class IncidentEndpoints
{
    public static void MapIncidents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", ListAsync).RequireAuthorization(ConsoleAccess.Read);
        routes.MapGet("/incidents", () => Results.Redirect("/")).RequireAuthorization(ConsoleAccess.Read);
        routes.MapGet("/incidents/{name}", ThreadAsync).RequireAuthorization(ConsoleAccess.Read);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, IIncidentReader incidents, IIncidentOverview overview, IRedactor redactor, PageRenderer pages,
        string? status, string? page, CancellationToken cancellationToken)
    {
        var filter = Enum.GetValues<IncidentFilter>().FirstOrDefault(f => IncidentList.Word(f) == status);
        var number = int.TryParse(page, System.Globalization.CultureInfo.InvariantCulture, out var n) ? Math.Clamp(n, 1, IncidentList.LastPage) : 1;
        var found = await incidents.ListAsync(
            IncidentList.StatusesOf(filter), IncidentList.PageSize + 1, (number - 1) * IncidentList.PageSize, cancellationToken);
        var shown = found.Take(IncidentList.PageSize).Select(i => i.Redacted(redactor)).ToList();
        var diagnoses = await overview.LatestDiagnosesAsync(shown.Select(i => i.Id).ToList(), cancellationToken);
        var rows = shown.Select(i => new IncidentRow(i, Clear(diagnoses.GetValueOrDefault(i.Id), redactor))).ToList();
        var counts = await overview.CountAsync(cancellationToken);
        return await pages.RenderAsync<IncidentListPage>(
            context, new IncidentList(filter, counts, rows, number, found.Count > IncidentList.PageSize));
    }

    private static async Task<IResult> ThreadAsync(
        string name, HttpContext context, IIncidentReader incidents, IActionReader actions, IRedactor redactor, Answers answers, PageRenderer pages,
        string? answer, CancellationToken cancellationToken)
    {
        if (!Names.TryParseIncident(name, out var id)) return Results.NotFound();
        // one incident has one address: links, history and live updates agree
        if (name != Names.Incident(id)) return Results.Redirect($"/incidents/{Names.Incident(id)}");
        var detail = await incidents.FindAsync(id, cancellationToken);
        return detail is null
            ? await pages.RenderAsync<ErrorPage>(
                context,
                new ErrorText($"There is no {Names.Incident(id)}", "It may be in another store, or the number is mistyped. The list has them all."),
                StatusCodes.Status404NotFound)
            : await pages.RenderAsync<IncidentPage>(
                context, new ThreadView(detail.Redacted(redactor), await actions.SwitchAsync(cancellationToken), answers.Find(answer)));
    }

    private static DiagnosisBrief? Clear(DiagnosisBrief? brief, IRedactor redactor) =>
        brief is { Statement: { } statement } ? brief with { Statement = redactor.Redact(statement) } : brief;
}

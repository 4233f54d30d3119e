using OpsBot.Contracts.Ports;
using OpsBot.Host.WebConsole.Pages;
using OpsBot.Host.WebConsole.Security;
using OpsBot.Host.WebConsole.View;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>The newest lines of the audit, and whether the chain holds where somebody asks.</summary>
internal static class AuditEndpoints
{
    private const int LongestSubject = 60;

    public static void MapAudit(this IEndpointRouteBuilder routes) => routes.MapGet("/audit", BoardAsync).RequireAuthorization(ConsoleAccess.Read);

    private static async Task<IResult> BoardAsync(
        HttpContext context, IAuditReader audit, IConsoleDesk desk, IRedactor redactor, PageRenderer pages, string? subject, string? verify,
        CancellationToken cancellationToken)
    {
        var of = subject is { Length: > 0 and <= LongestSubject } ? subject : null;
        var rows = await audit.NewestAsync(of, AuditBoard.Limit, cancellationToken);
        return await pages.RenderAsync<AuditPage>(context, new AuditBoard(
            [.. rows.Select(row => row with { Body = redactor.Redact(row.Body) })],
            of,
            verify == "1" ? await desk.VerifyAuditAsync(cancellationToken) : null));
    }
}

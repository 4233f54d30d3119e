namespace OpsBot.Host.WebConsole.Security;

/// <summary>
/// Answers only to names that are ours. A page elsewhere can make its own name resolve to 127.0.0.1 and have a browser read
/// the console for it; it cannot make the browser send another Host.
/// </summary>
internal sealed class HostAllowList(RequestDelegate next, ConsoleAccess access)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var host = context.Request.Host.Host;
        if (IsLoopbackName(host) || access.Hosts.Contains(host))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(
            "This console does not answer to that host name. If it should, add the name to console.allowedHosts.\n", context.RequestAborted);
    }

    public static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host is "127.0.0.1" or "[::1]" or "::1";
}

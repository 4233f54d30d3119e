namespace OpsBot.Host.WebConsole.Security;

/// <summary>
/// Takes a change only from a page of this console: <c>Origin</c> must name the host that was asked, and <c>Sec-Fetch-Site</c>,
/// where a browser sends it, must agree. Reading is refused to other sites' scripts, not to links that lead here.
/// </summary>
internal sealed class OriginCheck(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (IsAllowed(context.Request))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync("This request did not come from a page of this console.\n", context.RequestAborted);
    }

    internal static bool IsAllowed(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return site is "" or "same-origin" or "none" || request.Headers["Sec-Fetch-Mode"] == "navigate";
        }

        return site is "" or "same-origin"
            && Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var origin)
            && origin.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }
}

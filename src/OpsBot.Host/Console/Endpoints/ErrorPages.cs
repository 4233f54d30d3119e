using Microsoft.AspNetCore.Antiforgery;
using OpsBot.Host.WebConsole.Pages;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>A failure ends in a page that says what to do next, and in the log with its cause; never in a stack trace on the page.</summary>
internal sealed partial class ErrorPages(RequestDelegate next, ILogger<ErrorPages> log)
{
    public async Task InvokeAsync(HttpContext context, PageRenderer pages)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (AntiforgeryValidationException)
        {
            // the program was started anew, or somebody logged in or out in another tab
            await ShowAsync(context, pages, StatusCodes.Status400BadRequest, new ErrorText("That form had expired", "Nothing was changed. Open the page again and repeat."));
            return;
        }
        catch (BadHttpRequestException e)
        {
            await ShowAsync(context, pages, e.StatusCode, new ErrorText("That request cannot be read", "Go back and try again from the page."));
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFailed(e, context.Request.Path);
            await ShowAsync(context, pages, StatusCodes.Status500InternalServerError, new ErrorText(
                "This page could not be made",
                "The store may be out of reach. The program's log has the cause; opsbot doctor looks for it. Reload to try again."));
            return;
        }

        if (context.Response.HasStarted || context.Response.ContentType is not null) return;
        switch (context.Response.StatusCode)
        {
            case StatusCodes.Status404NotFound:
                await ShowAsync(context, pages, StatusCodes.Status404NotFound, ErrorText.NoSuchPage);
                break;
            case StatusCodes.Status401Unauthorized when context.Request.Path != LiveStreams.Path:
                await ShowAsync(context, pages, StatusCodes.Status401Unauthorized, ErrorText.NeedsLogin);
                break;
        }
    }

    private static async Task ShowAsync(HttpContext context, PageRenderer pages, int status, ErrorText text)
    {
        if (context.Response.HasStarted) return;
        var page = await pages.RenderAsync<ErrorPage>(context, text, status);
        await page.ExecuteAsync(context);
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Error, Message = "The console could not answer {Path}")]
    private partial void LogFailed(Exception exception, string path);
}

/// <summary>A heading, and what to do next.</summary>
public sealed record ErrorText(string Heading, string Next)
{
    public static ErrorText NeedsLogin { get; } = new("That needs a login", "Nothing was changed. Log in, open the page again and repeat.");

    public static ErrorText NoSuchPage { get; } = new("There is no such page", "The list of incidents and the messages page lead everywhere.");
}

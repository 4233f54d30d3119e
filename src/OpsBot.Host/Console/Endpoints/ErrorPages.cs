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
        catch (AntiforgeryValidationException e) when (e.InnerException is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } large)
        {
            // the form's own field is looked for first, and a form that is too long to be read has none
            await ShowAsync(context, pages, large.StatusCode, new ErrorText("That was too long", "Nothing was changed. Go back and say it in fewer words: 4000 characters are read."));
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
            const string Cause = "The store may be out of reach. The program's log has the cause; opsbot doctor looks for it.";
            await ShowAsync(context, pages, StatusCodes.Status500InternalServerError, HttpMethods.IsPost(context.Request.Method)
                ? new ErrorText("That could not be done", $"{Cause} Open the page again to see how things stand, and repeat what is missing: nothing is done twice.")
                : new ErrorText("This page could not be made", $"{Cause} Reload to try again."));
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

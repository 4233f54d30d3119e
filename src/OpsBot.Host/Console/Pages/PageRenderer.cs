using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using OpsBot.Host.WebConsole.Endpoints;
using OpsBot.Host.WebConsole.Security;
using OpsBot.Host.WebConsole.View;

namespace OpsBot.Host.WebConsole.Pages;

/// <summary>Renders a page to HTML at once: no circuit, no script of the framework, no markers in the answer.</summary>
internal sealed class PageRenderer(
    IServiceProvider services, ILoggerFactory loggers, IAntiforgery antiforgery, ConsoleAccess access, AssetFiles assets, TimeProvider time)
{
    /// <param name="model">The page's <c>Model</c> parameter; null for a page that has none.</param>
    public async Task<IResult> RenderAsync<TPage>(HttpContext context, object? model, int status = StatusCodes.Status200OK)
        where TPage : IComponent
    {
        var parameters = new Dictionary<string, object?> { ["Frame"] = FrameOf(context, needsForm: typeof(TPage) == typeof(LoginPage)) };
        if (model is not null) parameters["Model"] = model;
        await using var renderer = new HtmlRenderer(services, loggers);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters))).ToHtmlString());
        return Results.Content(html, "text/html", Encoding.UTF8, status);
    }

    private PageFrame FrameOf(HttpContext context, bool needsForm)
    {
        var signedIn = context.User.Identity?.IsAuthenticated == true;
        FormField? form = null;
        if (signedIn || needsForm)
        {
            var tokens = antiforgery.GetAndStoreTokens(context);
            form = new FormField(tokens.FormFieldName, tokens.RequestToken!);
        }

        var path = context.Request.PathBase + context.Request.Path + context.Request.QueryString;
        return new PageFrame(path, time.GetUtcNow(), signedIn, access.PersonOf(context.User), access.HasLogin, access.PeopleCanLogIn, form, assets.Paths);
    }
}

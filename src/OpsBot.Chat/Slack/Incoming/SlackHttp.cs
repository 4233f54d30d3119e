using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Text;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>
/// Slack's calls over HTTP. Nothing of a body is looked at before its signature holds; 200 is answered only after what it says is committed, and within the
/// three seconds that Slack waits. A request that is played back within its five minutes is answered the same and is the same row.
/// </summary>
internal sealed class SlackHttp(SlackInbox inbox, SlackOptions options, IIntake intake, TimeProvider clock, ILogger<SlackHttp> log)
{
    /// <summary>Slack's largest payloads are some hundred KiB.</summary>
    public const int MaxBytes = 1 << 20;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2.5), ReadLimit = TimeSpan.FromSeconds(10), BetweenLogs = TimeSpan.FromMinutes(1);

    // whoever may not speak still chooses how the address is written
    private readonly ConcurrentDictionary<string, DateTimeOffset> _said = new(StringComparer.OrdinalIgnoreCase);

    public Task EventsAsync(HttpContext http) => HandleAsync(http, async (body, cancellationToken) =>
    {
        using var document = JsonDocument.Parse(JsonEscapes.Mended(body) ?? body);
        if (document.RootElement.Word("type") == "url_verification")
        {
            http.Response.ContentType = "text/plain; charset=utf-8";
            http.Response.Headers.XContentTypeOptions = "nosniff";
            await http.Response.WriteAsync(Cards.PlainText.Line(document.RootElement.Word("challenge"), 500).Value, cancellationToken);
            return;
        }

        await inbox.EventAsync(document.RootElement, cancellationToken);
    });

    public Task InteractivityAsync(HttpContext http) => HandleAsync(http, async (body, cancellationToken) =>
    {
        if (Fields(body).TryGetValue("payload", out var payload))
        {
            using var document = JsonDocument.Parse(JsonEscapes.Mended(payload.ToString()));
            await inbox.InteractionAsync(document.RootElement, cancellationToken);
        }
    });

    public Task CommandsAsync(HttpContext http) => HandleAsync(http, (body, cancellationToken) =>
    {
        var fields = Fields(body);
        return inbox.CommandAsync(name => fields.TryGetValue(name, out var value) ? value.ToString() : null, cancellationToken);
    });

    private async Task HandleAsync(HttpContext http, Func<byte[], CancellationToken, Task> take)
    {
        if (await ReadAsync(http) is not { } body)
            return;
        var headers = http.Request.Headers;
        if (SlackSignature.Problem(options.SigningSecret!, headers[SlackSignature.TimestampHeader], headers[SlackSignature.SignatureHeader], body, clock.GetUtcNow()) is { } problem)
        {
            intake.CountRefused(SlackInbox.Source);
            Say(http.Request.Path.Value?.TrimEnd('/') ?? "", problem);
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        using var limit = new CancellationTokenSource(AnswerLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            await take(body, both.Token).WaitAsync(both.Token);
        }
        catch (JsonException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        catch (Exception fault) when (!http.RequestAborted.IsCancellationRequested)
        {
            // Slack sends events again; of a button or command the person sees that it failed
            SlackLog.StoreFailed(log, http.Request.Path, fault);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private async Task<byte[]?> ReadAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = MaxBytes;
        if (http.Request.ContentLength > MaxBytes)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return null;
        }

        using var limit = new CancellationTokenSource(ReadLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        using var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await http.Request.Body.ReadAsync(buffer, both.Token)) > 0)
            {
                if (whole.Length + read > MaxBytes)
                {
                    http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
                    return null;
                }

                whole.Write(buffer, 0, read);
            }

            return whole.ToArray();
        }
        catch (BadHttpRequestException bad)
        {
            http.Response.StatusCode = bad.StatusCode;
            return null;
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status408RequestTimeout;
            return null;
        }
    }

    /// <summary>
    /// The fields of a form; none where it is an event. The signature covers neither the address nor the content type, and a form read out of an event would be
    /// made of what somebody wrote.
    /// </summary>
    private static Dictionary<string, StringValues> Fields(byte[] body) =>
        body.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] ? [] : QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body));

    private void Say(string path, string problem)
    {
        var now = clock.GetUtcNow();
        if (_said.TryGetValue(path, out var last) && now - last < BetweenLogs)
            return;
        _said[path] = now;
        SlackLog.Refused(log, path, problem);
    }
}

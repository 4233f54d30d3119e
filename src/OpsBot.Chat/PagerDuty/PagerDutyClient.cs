using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OpsBot.Chat.Threads;

namespace OpsBot.Chat.PagerDuty;

/// <summary>
/// The three calls of PagerDuty's REST API v2 that OpsBot makes: notes of an incident, a new note, and the acknowledgement of an incident that is triggered.
/// Failures come back as results; only cancellation is thrown.
/// </summary>
/// <remarks>Source: developer.pagerduty.com, "Create a note on an incident", "List notes for an incident", "Update an incident".</remarks>
public sealed class PagerDutyClient : IDisposable
{
    private const int MostBytes = 1024 * 1024;
    private static readonly TimeSpan BackOff = TimeSpan.FromSeconds(30);

    private readonly PagerDutyOptions _options;
    private readonly HttpClient _http;

    public PagerDutyClient(IOptions<PagerDutyOptions> options)
    {
        _options = options.Value;
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(5), AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(_options.Url.TrimEnd('/') + "/"),
            Timeout = _options.TimeLimit,
            MaxResponseContentBufferSize = MostBytes,
        };
    }

    /// <summary>Writes a note, unless one that bears <paramref name="mark"/> stands there already.</summary>
    /// <param name="incident">PagerDuty's id: <c>Q1A2B3</c>.</param>
    /// <param name="look">An earlier try may have written it: look first.</param>
    public async Task<SurfaceResult> NoteAsync(string incident, string text, string mark, bool look, CancellationToken cancellationToken)
    {
        var path = $"incidents/{Uri.EscapeDataString(incident)}/notes";
        if (look)
        {
            var (found, problem) = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
            if (problem is not null)
                return problem;
            if (found!.Value.TryGetProperty("notes", out var notes) && notes.ValueKind == JsonValueKind.Array
                && notes.EnumerateArray().Any(note => note.TryGetProperty("content", out var content) && content.GetString()?.Contains(mark, StringComparison.Ordinal) == true))
                return SurfaceResult.DoneBefore();
        }

        return (await SendAsync(HttpMethod.Post, path, new { note = new { content = $"{text}\n({mark})" } }, cancellationToken)).Problem ?? SurfaceResult.Done();
    }

    /// <summary>Acknowledges an incident that is triggered; one that is not any more is left as it is.</summary>
    public async Task<SurfaceResult> AcknowledgeAsync(string incident, CancellationToken cancellationToken)
    {
        var path = $"incidents/{Uri.EscapeDataString(incident)}";
        var (found, problem) = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        if (problem is not null)
            return problem;
        if (!found!.Value.TryGetProperty("incident", out var it) || !it.TryGetProperty("status", out var status) || status.GetString() != "triggered")
            return SurfaceResult.DoneBefore();
        return (await SendAsync(HttpMethod.Put, path, new { incident = new { type = "incident_reference", status = "acknowledged" } }, cancellationToken)).Problem ?? SurfaceResult.Done();
    }

    public void Dispose() => _http.Dispose();

    private async Task<(JsonElement? Body, SurfaceResult? Problem)> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Token token={_options.Token}");
        request.Headers.TryAddWithoutValidation("From", _options.From);
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/vnd.pagerduty+json;version=2"));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            if (answer.IsSuccessStatusCode)
                return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken), null);
            return (null, Problem(answer));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // the message of such a failure names the host and never the key
            return (null, new SurfaceResult.RetryLater(BackOff, e is OperationCanceledException ? "PagerDuty did not answer in time" : e.Message));
        }
    }

    private static SurfaceResult Problem(HttpResponseMessage answer) => answer.StatusCode switch
    {
        HttpStatusCode.TooManyRequests => new SurfaceResult.RetryLater(answer.Headers.RetryAfter?.Delta ?? BackOff, "PagerDuty asks to wait (429)") { NotPosted = true },
        HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new SurfaceResult.RetryLater(BackOff, $"PagerDuty answered {(int)answer.StatusCode}"),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new SurfaceResult.Failed($"PagerDuty answered {(int)answer.StatusCode}: pagerduty.token is not a key that may do this"),
        HttpStatusCode.NotFound => new SurfaceResult.Failed("PagerDuty knows no such incident (404)"),
        _ => new SurfaceResult.Failed($"PagerDuty answered {(int)answer.StatusCode}; is pagerduty.from a user of the account?"),
    };
}

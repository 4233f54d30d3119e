using System.Net;
using System.Text;
using System.Text.Json;

namespace OpsBot.IntegrationTests.Support;

/// <summary>Posts alerts as CloudEvents to a running OpsBot, as a sender that is configured for them.</summary>
internal sealed class AlertSender : IDisposable
{
    private const string Bearer = "a-bearer-of-the-proofs";

    /// <summary>What the configuration must say for these alerts to be let in.</summary>
    public const string Senders = $"senders: {{ cloudevents: {{ bearer: {Bearer} }} }}";

    private readonly HttpClient _http = new();

    /// <summary>An alert of a service in an environment of its own, so that each is an incident.</summary>
    /// <param name="status">Another one than firing makes another delivery of the same alert.</param>
    /// <param name="service">The alert's own id where nothing else is said.</param>
    /// <param name="environment">The alert's own id where nothing else is said.</param>
    /// <param name="title">What is said to be wrong.</param>
    /// <param name="delivery">Names the delivery; where nothing is said there is one of each status.</param>
    public async Task<(HttpStatusCode Status, string Answer, TimeSpan? RetryAfter)> PostAsync(
        Uri to, string id, CancellationToken cancellationToken, string status = "firing", string? service = null, string? environment = null, string? title = null, string? delivery = null)
    {
        var body = JsonSerializer.Serialize(new
        {
            specversion = "1.0",
            id = delivery ?? (status == "firing" ? id : $"{id}-{status}"),
            source = "/proof",
            type = "opsbot.alert.v1",
            data = new { key = id, status, title = title ?? $"{id} fails", service = service ?? id, severity = "critical", environment = environment ?? id },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(to, "/webhooks/cloudevents"));
        request.Content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json");
        request.Headers.Authorization = new("Bearer", Bearer);
        using var response = await _http.SendAsync(request, cancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), response.Headers.RetryAfter?.Delta);
    }

    public async Task<(HttpStatusCode Status, string Answer)> HealthAsync(Uri of, CancellationToken cancellationToken, string path = "/healthz")
    {
        using var response = await _http.GetAsync(new Uri(of, path), cancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    public void Dispose() => _http.Dispose();
}

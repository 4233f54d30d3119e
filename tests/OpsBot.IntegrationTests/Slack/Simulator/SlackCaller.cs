using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OpsBot.IntegrationTests.Slack.Simulator;

/// <summary>Slack calling an app over HTTP: events as JSON, interactivity and commands as forms, signed with v0.</summary>
internal sealed class SlackCaller(HttpClient http, string secret = SlackWorkspace.SigningSecret)
{
    public Task<HttpResponseMessage> EventAsync(Uri to, JsonObject payload, DateTimeOffset? at = null, Action<HttpRequestMessage>? change = null) =>
        SendAsync(to, payload.ToJsonString(), "application/json", at, change);

    public Task<HttpResponseMessage> InteractionAsync(Uri to, JsonObject payload, DateTimeOffset? at = null, Action<HttpRequestMessage>? change = null) =>
        SendAsync(to, "payload=" + Uri.EscapeDataString(payload.ToJsonString()), "application/x-www-form-urlencoded", at, change);

    public Task<HttpResponseMessage> CommandAsync(Uri to, JsonObject fields, DateTimeOffset? at = null, Action<HttpRequestMessage>? change = null) =>
        SendAsync(to, string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString((string)field.Value!)}")), "application/x-www-form-urlencoded", at, change);

    public async Task<HttpResponseMessage> SendAsync(Uri to, string body, string type, DateTimeOffset? at = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = Signed(to, body, type, (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        change?.Invoke(request);
        return await http.SendAsync(request);
    }

    /// <summary>The status, or 413 where the receiver hung up in the middle of a body that it does not want.</summary>
    public async Task<System.Net.HttpStatusCode> TooLargeAsync(Uri to, JsonObject payload, bool chunked = false)
    {
        try
        {
            using var answer = await EventAsync(to, payload, change: request => request.Headers.TransferEncodingChunked = chunked ? true : null);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return System.Net.HttpStatusCode.RequestEntityTooLarge;
        }
    }

    public HttpRequestMessage Signed(Uri to, string body, string type, string timestamp)
    {
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"v0:{timestamp}:{body}"));
        var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = new StringContent(body, Encoding.UTF8) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        request.Headers.Add("X-Slack-Request-Timestamp", timestamp);
        request.Headers.Add("X-Slack-Signature", "v0=" + Convert.ToHexStringLower(hash));
        return request;
    }
}

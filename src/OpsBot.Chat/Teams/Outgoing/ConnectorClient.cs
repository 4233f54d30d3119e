using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using OpsBot.Chat.Teams.Wire;

namespace OpsBot.Chat.Teams.Outgoing;

/// <summary>The Bot Connector's REST interface, as much of it as we use. Failures come back as answers; only cancellation is thrown.</summary>
internal sealed class ConnectorClient(TeamsOptions options, ConnectorTokens tokens, SendPace pace, IHttpClientFactory http, TimeProvider time)
{
    /// <summary>Most bytes of one activity, as JSON: what Teams takes is "approximately 28 KB".</summary>
    public const int MaxBytes = 28 * 1024;

    private readonly ServiceUrlList _services = ServiceUrlList.Of(options);

    /// <summary>A new thread in a channel, with its first activity, or a chat with one person.</summary>
    /// <param name="place">What the pace is kept for: the channel or the person.</param>
    public Task<ConnectorAnswer> CreateAsync(string serviceUrl, string place, NewConversation conversation, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, serviceUrl, "v3/conversations", place, conversation, cancellationToken);

    /// <param name="replyTo">The activity that it belongs under; null where the conversation says it all.</param>
    public Task<ConnectorAnswer> PostAsync(string serviceUrl, string conversation, string? replyTo, Activity activity, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, serviceUrl,
        $"v3/conversations/{Uri.EscapeDataString(conversation)}/activities{(replyTo is null ? "" : "/" + Uri.EscapeDataString(replyTo))}",
        conversation, activity, cancellationToken);

    public Task<ConnectorAnswer> UpdateAsync(string serviceUrl, string conversation, string id, Activity activity, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Put, serviceUrl, $"v3/conversations/{Uri.EscapeDataString(conversation)}/activities/{Uri.EscapeDataString(id)}",
        conversation, activity with { Id = id }, cancellationToken);

    /// <summary>Somebody of a conversation's roster, as the directory has them; null where the connector does not say.</summary>
    public async Task<Member?> MemberAsync(string serviceUrl, string conversation, string user, CancellationToken cancellationToken)
    {
        if (!_services.Allows(serviceUrl)) return null;
        var address = Address(serviceUrl, $"v3/conversations/{Uri.EscapeDataString(conversation)}/members/{Uri.EscapeDataString(user)}");
        return await TwiceAsync(HttpMethod.Get, address, null, cancellationToken) is { Answer: ConnectorAnswer.Done, Text: { } text } ? Read<Member>(text) : null;
    }

    private async Task<ConnectorAnswer> SendAsync<T>(
        HttpMethod method, string serviceUrl, string path, string place, T body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_services.Allows(serviceUrl))
            return new ConnectorAnswer.Never("The conversation is at an address below none of teams.serviceUrls; our token does not go there");
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Options);
        if (bytes.Length > MaxBytes)
            return new ConnectorAnswer.Never($"It has {bytes.Length} bytes, and Teams takes {MaxBytes}");
        if (pace.Take(place, out var sent) is { } wait) return new ConnectorAnswer.Later(wait, "Teams takes no more in this conversation now", NotPosted: true);
        try
        {
            var answer = await TwiceAsync(method, Address(serviceUrl, path), bytes, cancellationToken);
            // whoever goes on meanwhile, with another thread of the channel, is held back for longer
            if (answer is { Status: HttpStatusCode.TooManyRequests, Answer: ConnectorAnswer.Later later }) pace.Hold(place, later.After);
            return answer.Answer;
        }
        finally
        {
            pace.Ended(sent!);
        }
    }

    private static Uri Address(string serviceUrl, string path) => new((serviceUrl.EndsWith('/') ? serviceUrl : serviceUrl + "/") + path);

    private async Task<Called> TwiceAsync(HttpMethod method, Uri address, byte[]? body, CancellationToken cancellationToken)
    {
        var answer = await OnceAsync(method, address, body, anew: false, cancellationToken);
        // a token may be withdrawn before its time; the next one is good or nothing is
        return answer.Status == HttpStatusCode.Unauthorized && !options.Insecure ? await OnceAsync(method, address, body, anew: true, cancellationToken) : answer;
    }

    private async Task<Called> OnceAsync(HttpMethod method, Uri address, byte[]? body, bool anew, CancellationToken cancellationToken)
    {
        var (token, problem) = await tokens.GetAsync(anew, cancellationToken);
        if (problem is not null) return new(default, new ConnectorAnswer.Later(TimeSpan.FromSeconds(30), problem, NotPosted: true), null);
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        }

        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var client = http.CreateClient(TeamsServices.ConnectorHttpClient);
            using var response = await client.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return new(
                response.StatusCode,
                response.IsSuccessStatusCode ? Done(text) : RetryTable.Of(response.StatusCode, response.Headers.RetryAfter, CodeOf(text), time.GetUtcNow()),
                text);
        }
        catch (HttpRequestException fault)
        {
            return new(default, RetryTable.Of(fault), null);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException && !cancellationToken.IsCancellationRequested)
        {
            return new(default, new ConnectorAnswer.Later(TimeSpan.FromSeconds(10), "The connector did not answer to the end, or not in time", NotPosted: false), null);
        }
    }

    // text and a card in one activity are answered with 202 and nothing: what we post is always one of the two, and an empty answer has no id
    private static ConnectorAnswer.Done Done(string text) =>
        Read<ResourceAnswer>(text) is { } resource ? new(resource.Id, resource.ActivityId) : new(null, null);

    private static string? CodeOf(string text) => Read<ErrorAnswer>(text)?.Error?.Code is { Length: > 0 } code
        ? new string([.. code.Where(char.IsAsciiLetterOrDigit).Take(60)])
        : null;

    private static T? Read<T>(string text)
        where T : class
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        try
        {
            return JsonSerializer.Deserialize<T>(text, WireJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="Text">What it was answered with; null where nothing was.</param>
    private sealed record Called(HttpStatusCode Status, ConnectorAnswer Answer, string? Text);
}

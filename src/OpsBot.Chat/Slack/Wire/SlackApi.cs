using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpsBot.Chat.Slack.Wire;

/// <summary>Calls methods of Slack's Web API. Everything goes as a form, which every method takes; what is nested goes as JSON in a field, as Slack's own client does.</summary>
internal sealed class SlackApi(IHttpClientFactory clients, SlackOptions options, SlackPace pace)
{
    public const string HttpClient = "slack";

    private static readonly TimeSpan BackOff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    public SlackPace Pace => pace;

    /// <summary>Calls with the bot's token. Only cancellation is thrown.</summary>
    /// <param name="arguments">By Slack's names; nulls are left out.</param>
    public Task<SlackAnswer> CallAsync(string method, CancellationToken cancellationToken, params (string Name, JsonNode? Value)[] arguments) =>
        CallAsync(method, options.BotToken!, arguments, cancellationToken);

    /// <summary>The address of a new connection in Socket Mode, with the token of the app.</summary>
    public Task<SlackAnswer> OpenConnectionAsync(CancellationToken cancellationToken) =>
        CallAsync("apps.connections.open", options.AppToken!, [], cancellationToken);

    /// <summary>Puts bytes to an upload address, or JSON to a response_url: neither wants a token.</summary>
    public async Task<SlackAnswer> SendAsync(string what, Uri address, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        return await ExchangeAsync(what, request, readsJson: false, cancellationToken);
    }

    private async Task<SlackAnswer> CallAsync(string method, string token, IEnumerable<(string Name, JsonNode? Value)> arguments, CancellationToken cancellationToken)
    {
        if (pace.HeldFor(method) is { } wait)
            return new SlackAnswer.Later(wait, $"{method}: Slack asked us to wait", NotDone: true);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Api, method))
        {
            Content = new FormUrlEncodedContent(arguments.Where(argument => argument.Value is not null).Select(argument => KeyValuePair.Create(argument.Name, Written(argument.Value!)))),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        return await ExchangeAsync(method, request, readsJson: true, cancellationToken);
    }

    private async Task<SlackAnswer> ExchangeAsync(string method, HttpRequestMessage request, bool readsJson, CancellationToken cancellationToken)
    {
        try
        {
            using var http = clients.CreateClient(HttpClient);
            using var answer = await http.SendAsync(request, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                var wait = Wait(answer.Headers.RetryAfter);
                pace.Hold(method, wait);
                return new SlackAnswer.Later(wait, $"{method}: Slack asks for {wait.TotalSeconds:0} s of quiet (429)", NotDone: true);
            }

            if ((int)answer.StatusCode >= 500)
                return new SlackAnswer.Later(BackOff, $"{method}: HTTP {(int)answer.StatusCode}", NotDone: false);
            if (!answer.IsSuccessStatusCode)
                return new SlackAnswer.Refused($"http_{(int)answer.StatusCode}", $"{method}: HTTP {(int)answer.StatusCode}");
            return readsJson ? Read(method, await answer.Content.ReadAsByteArrayAsync(cancellationToken)) : new SlackAnswer.Done(default);
        }
        catch (HttpRequestException failure)
        {
            return new SlackAnswer.Later(BackOff, $"{method}: {failure.HttpRequestError}", NeverConnected(failure));
        }
        catch (IOException)
        {
            return new SlackAnswer.Later(BackOff, $"{method}: the connection broke", NotDone: false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SlackAnswer.Later(BackOff, $"{method}: no answer in time", NotDone: false);
        }
    }

    private static SlackAnswer Read(string method, byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var body = document.RootElement.Clone();
            if (body.Is("ok"))
                return new SlackAnswer.Done(body);
            var details = body.Part("response_metadata").Items("messages").Select(message => message.GetString()).Append(body.Word("needed") is { } scope ? $"needs {scope}" : null);
            return body.Word("error") is { Length: > 0 } error
                ? SlackErrors.Of(method, Cards.PlainText.Line(error, 80).Value, details.OfType<string>().Select(detail => Cards.PlainText.Line(detail, 200).Value).FirstOrDefault())
                : new SlackAnswer.Later(BackOff, $"{method}: an answer that is none of Slack's", NotDone: false);
        }
        catch (JsonException)
        {
            return new SlackAnswer.Later(BackOff, $"{method}: an answer that is no JSON", NotDone: false);
        }
    }

    private static TimeSpan Wait(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? TimeSpan.FromSeconds(30);
        return wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait > LongestWait ? LongestWait : wait;
    }

    private static bool NeverConnected(HttpRequestException failure) =>
        failure.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
        || failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private static string Written(JsonNode value) => value is JsonValue && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}

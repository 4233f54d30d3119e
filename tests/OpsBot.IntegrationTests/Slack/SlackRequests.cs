using System.Net;
using OpsBot.IntegrationTests.Slack.Simulator;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>The same requests for Slack's own receiver and for ours, the honest and the forged, and the statuses that both must give.</summary>
internal static class SlackRequests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    public static IReadOnlyDictionary<string, HttpStatusCode> Expected { get; } = new Dictionary<string, HttpStatusCode>(StringComparer.Ordinal)
    {
        ["url_verification"] = HttpStatusCode.OK,
        ["event"] = HttpStatusCode.OK,
        ["command"] = HttpStatusCode.OK,
        ["button"] = HttpStatusCode.OK,
        ["wrong secret"] = HttpStatusCode.Unauthorized,
        ["six minutes old"] = HttpStatusCode.Unauthorized,
        ["no signature"] = HttpStatusCode.Unauthorized,
        ["no timestamp"] = HttpStatusCode.Unauthorized,
        ["other timestamp than signed"] = HttpStatusCode.Unauthorized,
        ["other body than signed"] = HttpStatusCode.Unauthorized,
    };

    public static async Task<IReadOnlyDictionary<string, HttpStatusCode>> StatusesAsync(HttpClient http, Uri at)
    {
        var caller = new SlackCaller(http);
        var forger = new SlackCaller(http, "0000000000000000000000000000dead");
        Uri events = new(at, "events"), interactivity = new(at, "interactivity"), commands = new(at, "commands");
        var forged = SlackPayloads.Mention("forged");
        var statuses = new Dictionary<string, HttpStatusCode>(StringComparer.Ordinal);
        await Note("url_verification", caller.SendAsync(events, """{"type":"url_verification","token":"x","challenge":"3eZbrw1aB"}""", "application/json"), "3eZbrw1aB");
        await Note("event", caller.EventAsync(events, SlackPayloads.Mention("status")));
        await Note("command", caller.CommandAsync(commands, SlackPayloads.Slash("why")));
        await Note("button", caller.InteractionAsync(interactivity, SlackPayloads.Pressed("opsbot.approve", "7/1")));
        await Note("wrong secret", forger.EventAsync(events, forged));
        await Note("six minutes old", caller.EventAsync(events, forged, Now - TimeSpan.FromMinutes(6)));
        await Note("no signature", caller.EventAsync(events, forged, change: request => request.Headers.Remove("X-Slack-Signature")));
        await Note("no timestamp", caller.EventAsync(events, forged, change: request => request.Headers.Remove("X-Slack-Request-Timestamp")));
        await Note("other timestamp than signed", caller.EventAsync(events, forged, Now - TimeSpan.FromMinutes(1), request =>
        {
            request.Headers.Remove("X-Slack-Request-Timestamp");
            request.Headers.Add("X-Slack-Request-Timestamp", Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        }));
        await Note("other body than signed", caller.EventAsync(events, forged, change: request => request.Content = new StringContent(SlackPayloads.Mention("other").ToJsonString(), null, "application/json")));
        return statuses;

        async Task Note(string name, Task<HttpResponseMessage> answer, string? body = null)
        {
            using var got = await answer;
            var text = await got.Content.ReadAsStringAsync();
            statuses[name] = body is not null && !text.Contains(body, StringComparison.Ordinal) ? HttpStatusCode.Ambiguous : got.StatusCode;
        }
    }
}

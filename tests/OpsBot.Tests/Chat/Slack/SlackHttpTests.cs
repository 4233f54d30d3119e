using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpsBot.Chat.Slack;
using OpsBot.Chat.Slack.Incoming;
using OpsBot.Tests.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Slack;

/// <summary>Requests that are Slack's by their signature and not what they are sent as, and strangers who want to be heard in the log.</summary>
public sealed class SlackHttpTests : IDisposable
{
    private const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";

    private readonly InMemoryIntake _intake = new();
    private readonly LogLines _log = new();
    private readonly ManualClock _clock = new(Some.Night);

    [Fact]
    public async Task An_event_whose_words_look_like_a_form_presses_no_button_when_it_is_played_to_where_buttons_go()
    {
        // what Slack signed is an event; of the text that somebody wrote in it, form encoding would make a payload
        var press = Uri.EscapeDataString(
            """{"type":"block_actions","user":{"id":"UADMIN","team_id":"T1"},"container":{"message_ts":"1.2"},"channel":{"id":"C1"},"actions":[{"action_id":"opsbot.approve","value":"7/1","action_ts":"1700000000.1"}]}""");
        var body = """{"type":"event_callback","event_id":"Ev1","event":{"type":"message","channel":"C9","user":"UMALLORY","blocks":[{"type":"rich_text","text":"&payload=""" + press + "&\"}]}}";
        await SendAsync("/slack/interactivity", body, http => Endpoint().InteractivityAsync(http));
        _intake.Deliveries.ShouldBeEmpty();

        await SendAsync("/slack/interactivity", "payload=" + press, http => Endpoint().InteractivityAsync(http));
        _intake.Deliveries.ShouldHaveSingleItem("the same as Slack sends it is a press");
    }

    [Fact]
    public async Task An_event_whose_words_look_like_a_command_is_none()
    {
        var body = """{"type":"event_callback","event":{"text":"&command=/ops&user_id=UADMIN&channel_id=C1&trigger_id=1&text=stop&"}}""";
        await SendAsync("/slack/commands", body, http => Endpoint().CommandsAsync(http));
        _intake.Deliveries.ShouldBeEmpty();
        await SendAsync("/slack/commands", "command=/ops&user_id=UADMIN&channel_id=C1&trigger_id=1&text=stop", http => Endpoint().CommandsAsync(http));
        _intake.Deliveries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_stranger_is_logged_once_a_minute_however_the_address_is_written()
    {
        var endpoint = Endpoint();
        foreach (var path in (string[])["/slack/events", "/SLACK/events", "/slack/EVENTS", "/Slack/Events/", "/sLACK/eventS"])
            (await SendAsync(path, "{}", endpoint.EventsAsync, secret: "guessed")).ShouldBe(StatusCodes.Status401Unauthorized);
        _log.Lines.Count.ShouldBe(1, string.Join('\n', _log.Lines));
    }

    public void Dispose() => _log.Dispose();

    private SlackHttp Endpoint()
    {
        var options = new SlackOptions { SigningSecret = Secret, LookUpEmails = false };
        // nothing here asks Slack anything
        var directory = new SlackDirectory(null!, options, _clock);
        var inbox = new SlackInbox(_intake, new SlackReader(options, _clock), directory, null!, [], _clock, NullLogger<SlackInbox>.Instance);
        return new SlackHttp(inbox, options, _intake, _clock, new LoggerFactory([_log]).CreateLogger<SlackHttp>());
    }

    private async Task<int> SendAsync(string path, string body, Func<HttpContext, Task> to, string secret = Secret)
    {
        var at = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var http = new DefaultHttpContext();
        http.Request.Path = path;
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        http.Request.Headers[SlackSignature.TimestampHeader] = at;
        http.Request.Headers[SlackSignature.SignatureHeader] =
            "v0=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"v0:{at}:{body}")));
        await to(http);
        return http.Response.StatusCode;
    }
}

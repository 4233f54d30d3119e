using Microsoft.Extensions.Options;
using OpsBot.Chat.Cards;

namespace OpsBot.Chat.Slack;

/// <summary>Stops the start where nothing could be posted, where nobody could be heard, or where a stranger could speak as Slack.</summary>
internal sealed class SlackOptionsValidator : IValidateOptions<SlackOptions>
{
    private const int ShortestSecret = 16;

    public ValidateOptionsResult Validate(string? name, SlackOptions options) =>
        Problems(options).ToList() is { Count: > 0 } wrong ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;

    private static IEnumerable<string> Problems(SlackOptions options)
    {
        if (!options.IsConfigured)
        {
            if (options.BotToken is not null)
                yield return "slack.botToken: is blank. Is the environment variable behind it set?";
            else if (options.AppToken is not null || options.SigningSecret is not null || options.AlertChannels.Count > 0)
                yield return "slack.botToken: is missing, so Slack would be off; write botToken: !file /run/secrets/slack-bot";
            yield break;
        }

        if (StartsWith(options.BotToken, "xapp-") || StartsWith(options.BotToken, "xoxp-"))
            yield return "slack.botToken: is no bot token; it is the one that begins with xoxb-, under OAuth & Permissions of the app";
        foreach (var problem in options.Mode == SlackMode.Socket ? Socket(options) : Http(options))
            yield return problem;
        for (var i = 0; i < options.AlertChannels.Count; i++)
        {
            if (!IsChannel(options.AlertChannels[i]))
                yield return $"slack.alertChannels[{i}]: '{Shown(options.AlertChannels[i])}' is no id of a channel, such as C024BE91L; Slack shows it at the foot of the channel's details";
        }

        if (!IsApi(options.ApiUrl))
            yield return $"slack.apiUrl: '{Shown(options.ApiUrl)}' is no https address (http only on this machine), and the token goes there";
    }

    private static IEnumerable<string> Socket(SlackOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.AppToken))
            yield return "slack.appToken: is missing or blank, and Socket Mode needs it; write appToken: !file /run/secrets/slack-app, or mode: http with signingSecret";
        else if (StartsWith(options.AppToken, "xoxb-") || StartsWith(options.AppToken, "xoxp-"))
            yield return "slack.appToken: is no app-level token; it is the one that begins with xapp-, under Basic Information of the app";
    }

    private static IEnumerable<string> Http(SlackOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.SigningSecret))
            yield return "slack.signingSecret: is missing or blank, so anybody who reaches this port could speak as Slack; write signingSecret: !file /run/secrets/slack-signing";
        else if (options.SigningSecret.Trim().Length < ShortestSecret)
            yield return $"slack.signingSecret: is shorter than {ShortestSecret} characters; it stands under Basic Information of the app";
    }

    private static bool StartsWith(string? token, string prefix) => token?.StartsWith(prefix, StringComparison.Ordinal) == true;

    private static bool IsChannel(string id) => id.Length is >= 3 and <= 30 && id[0] is 'C' or 'G' && id.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));

    private static bool IsApi(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri is { UserInfo: "", Query: "", Fragment: "" }
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private static string Shown(string text) => PlainText.Line(text, 120).Value;
}

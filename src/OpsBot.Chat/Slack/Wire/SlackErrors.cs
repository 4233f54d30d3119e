namespace OpsBot.Chat.Slack.Wire;

/// <summary>What the errors of the Web API mean for us: try again, mend something, or give up.</summary>
internal static class SlackErrors
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WhenMended = TimeSpan.FromMinutes(1);

    public static SlackAnswer Of(string method, string error, string? detail) => error switch
    {
        "ratelimited" or "rate_limited" or "message_limit_exceeded" => new SlackAnswer.Later(TimeSpan.FromSeconds(30), $"{method}: {error}", NotDone: true),
        "service_unavailable" or "team_added_to_org" or "accesslimited" => new SlackAnswer.Later(Soon, $"{method}: {error}", NotDone: true),
        // Slack says of these that some of it may have been done
        "internal_error" or "fatal_error" or "request_timeout" => new SlackAnswer.Later(Soon, $"{method}: {error}", NotDone: false),
        // somebody replaces a token or installs the app again, and then everything that waits goes out
        "invalid_auth" or "not_authed" or "token_revoked" or "token_expired" or "account_inactive" or "org_login_required" or "ekm_access_denied" =>
            new SlackAnswer.Later(WhenMended, $"{method}: Slack does not take the token ({error}); set slack.botToken to a valid one", NotDone: true),
        _ => new SlackAnswer.Refused(error, $"{method}: {error}{Advice(error)}{(detail is null ? "" : $" ({detail})")}"),
    };

    private static string Advice(string error) => error switch
    {
        "not_in_channel" => "; invite the bot into the channel with /invite @OpsBot",
        "channel_not_found" => "; there is no such channel, or it is private and the bot is not in it: name its id and /invite @OpsBot there",
        "is_archived" => "; the channel is archived: name another",
        "missing_scope" => "; install the app again with the scopes of deploy/slack/manifest.yaml",
        "restricted_action" or "restricted_action_read_only_channel" => "; the workspace does not let the bot post there",
        "message_not_found" or "thread_not_found" => "; somebody deleted it",
        "cant_update_message" or "edit_window_closed" => "; Slack no longer lets this message be edited",
        _ => "",
    };
}

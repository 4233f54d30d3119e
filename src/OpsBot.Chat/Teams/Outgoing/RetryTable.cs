using System.Net;
using System.Net.Http.Headers;

namespace OpsBot.Chat.Teams.Outgoing;

/// <summary>
/// What follows from an answer of the connector. Its own rule: 412, 429, 502 and 504 are tried again with growing waits. An answer from a
/// gateway does not say whether what is behind it posted.
/// </summary>
internal static class RetryTable
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <param name="code">The connector's own word for it: <c>BotNotInConversationRoster</c>; null where it gave none.</param>
    public static ConnectorAnswer Of(HttpStatusCode status, RetryConditionHeaderValue? retryAfter, string? code, DateTimeOffset now)
    {
        var said = code is null ? $"{(int)status}" : $"{(int)status} {code}";
        return (int)status switch
        {
            429 => new ConnectorAnswer.Later(Wait(retryAfter, now) ?? Short, $"Teams says that it is too much ({said})", NotPosted: true),
            412 => new ConnectorAnswer.Later(Wait(retryAfter, now) ?? Short, $"Teams was busy with the same conversation ({said})", NotPosted: true),
            401 => new ConnectorAnswer.Later(Long, $"Teams does not take our token ({said}); compare teams.appId with the bot's registration", NotPosted: true),
            408 or >= 500 and not 501 and not 505 => new ConnectorAnswer.Later(Wait(retryAfter, now) ?? Short, $"Teams failed ({said})", NotPosted: false),
            403 => new ConnectorAnswer.Never($"The bot may not write there ({said}); add the app to the team or chat, or take the block off", IsForbidden: true),
            404 => new ConnectorAnswer.Never($"There is no such conversation or message ({said}); is the channel's id right, and the app in its team?"),
            413 => new ConnectorAnswer.Never($"It is larger than Teams takes ({said})"),
            >= 300 and < 400 => new ConnectorAnswer.Never($"The connector sends us elsewhere ({said}), where our token does not go; look at teams.serviceUrl"),
            _ => new ConnectorAnswer.Never($"Teams does not take it ({said})"),
        };
    }

    /// <summary>A connection that was never made posted nothing; one that broke may have.</summary>
    public static ConnectorAnswer Of(HttpRequestException fault) => new ConnectorAnswer.Later(
        Short, $"The connector cannot be reached ({fault.HttpRequestError})",
        fault.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError);

    private static TimeSpan? Wait(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        if ((header?.Delta ?? header?.Date - now) is not { } wait) return null;
        return wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait > Longest ? Longest : wait;
    }
}

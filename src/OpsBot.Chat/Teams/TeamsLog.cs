using Microsoft.Extensions.Logging;

namespace OpsBot.Chat.Teams;

/// <summary>Event ids 8100 to 8199. Never a body, a token or a credential.</summary>
internal static partial class TeamsLog
{
    [LoggerMessage(8100, LogLevel.Warning, "A request to /api/messages was refused: {Reason}. It is said at most once a minute")]
    public static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(8101, LogLevel.Warning, "An activity of Teams was answered {Status}: {Reason}")]
    public static partial void TurnedAway(ILogger logger, int status, string reason);

    [LoggerMessage(8102, LogLevel.Error, "An activity of Teams could not be stored; whoever spoke is told that it failed")]
    public static partial void StoreFailed(ILogger logger, Exception fault);

    [LoggerMessage(8103, LogLevel.Warning, "Teams takes activities without a token from programs on this machine (teams.insecure: true)")]
    public static partial void Insecure(ILogger logger);

    [LoggerMessage(8104, LogLevel.Warning, "No token for the Bot Connector could be had: {Reason}")]
    public static partial void NoToken(ILogger logger, string reason);

    [LoggerMessage(8106, LogLevel.Warning, "Where a conversation of Teams is reached could not be written down ({Fault}); the next that is said there tells it again")]
    public static partial void NotRemembered(ILogger logger, string fault);

    [LoggerMessage(8105, LogLevel.Warning, "A card of {Incident} was over what Teams takes; {Kept} of {Sections} sections are shown")]
    public static partial void CardShortened(ILogger logger, string incident, int kept, int sections);
}

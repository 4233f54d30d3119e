using Microsoft.Extensions.Logging;

namespace OpsBot.Chat.Slack;

/// <summary>Event ids 8200 to 8299. Never a body, a token, a response_url or a credential.</summary>
internal static partial class SlackLog
{
    [LoggerMessage(8200, LogLevel.Warning, "A request to {Path} was refused: {Reason}. It is said at most once a minute")]
    public static partial void Refused(ILogger logger, string path, string reason);

    [LoggerMessage(8201, LogLevel.Error, "Something that Slack sent ({What}) could not be stored and was not acknowledged; Slack sends events again")]
    public static partial void StoreFailed(ILogger logger, string what, Exception fault);

    [LoggerMessage(8202, LogLevel.Information, "Connected to Slack in Socket Mode (connection {Number})")]
    public static partial void Connected(ILogger logger, int number);

    [LoggerMessage(8203, LogLevel.Warning, "No connection to Slack in Socket Mode: {Reason}. The next try is in {Seconds} s")]
    public static partial void NotConnected(ILogger logger, string reason, double seconds);

    [LoggerMessage(8204, LogLevel.Information, "Slack will close a connection ({Reason}); another is opened first")]
    public static partial void Refresh(ILogger logger, string reason);

    [LoggerMessage(8205, LogLevel.Warning, "Slack sent something over Socket Mode that cannot be read ({Reason}); it was not acknowledged")]
    public static partial void Unreadable(ILogger logger, string reason);

    [LoggerMessage(8206, LogLevel.Warning, "What was to be posted to Slack broke a rule of Block Kit and went as text: {Problem}")]
    public static partial void WrongBlocks(ILogger logger, string problem);

    [LoggerMessage(8207, LogLevel.Warning, "A chart could not be put into a message of Slack: {Reason}")]
    public static partial void NoChart(ILogger logger, string reason);

    [LoggerMessage(8208, LogLevel.Warning, "A form could not be opened in Slack: {Reason}")]
    public static partial void NoForm(ILogger logger, string reason);
}

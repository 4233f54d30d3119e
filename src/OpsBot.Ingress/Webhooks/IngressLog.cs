using Microsoft.Extensions.Logging;

namespace OpsBot.Ingress.Webhooks;

/// <summary>Event ids 3000 to 3099. Never a body, a header or a credential.</summary>
internal static partial class IngressLog
{
    [LoggerMessage(3000, LogLevel.Warning, "A {Source} delivery was refused ({Count} since the last such line): its signature or credential is missing or wrong. "
        + "Compare the secret at the sender with the one under senders in the configuration.")]
    public static partial void Refused(ILogger logger, string source, int count);

    [LoggerMessage(3001, LogLevel.Warning, "A {Source} delivery is in the quarantine: {Field}: {Reason}")]
    public static partial void Quarantined(ILogger logger, string source, string field, string reason);

    [LoggerMessage(3002, LogLevel.Warning, "A {Source} delivery was answered {Status}: {Reason} ({Count} since the last such line)")]
    public static partial void TurnedAway(ILogger logger, string source, int status, string reason, int count);

    [LoggerMessage(3003, LogLevel.Error, "A {Source} delivery could not be stored; the sender is asked to try again ({Count} since the last such line)")]
    public static partial void StoreFailed(ILogger logger, string source, int count, Exception fault);

    [LoggerMessage(3004, LogLevel.Error, "Reading a {Source} delivery failed; it is kept in the quarantine")]
    public static partial void ReadingFailed(ILogger logger, string source, Exception fault);

    [LoggerMessage(3005, LogLevel.Warning, "{Source} accepts deliveries from anybody (insecure: true)")]
    public static partial void Insecure(ILogger logger, string source);

    [LoggerMessage(3006, LogLevel.Warning, "Asking {Source} failed ({Count} since the last such line): {Reason}")]
    public static partial void PollFailed(ILogger logger, string source, string reason, int count);

    [LoggerMessage(3007, LogLevel.Error, "What {Source} answered could not be taken ({Count} since the last such line); it is asked again")]
    public static partial void PollNotStored(ILogger logger, string source, int count, Exception fault);
}

using System.Diagnostics.Metrics;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Handlers.Chat;

/// <summary>What became of posts.</summary>
public static class ChatMetrics
{
    public static Histogram<double> Posts { get; } = Instruments.Duration(
        "opsbot_chat_post_seconds", "Time of one post, by surface, what was posted (thread, card, reply) and outcome (posted, retry_later, refused, failed).");
}

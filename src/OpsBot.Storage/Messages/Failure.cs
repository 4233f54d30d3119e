using System.Text.Json;

namespace OpsBot.Storage.Messages;

/// <summary>Why handling failed; whether it is worth another try follows from it.</summary>
public enum FailureCategory
{
    /// <summary>Nobody told us what it is. Tried again, never acknowledged away.</summary>
    Unknown,

    /// <summary>The other side is away or slow.</summary>
    Unavailable,

    /// <summary>The other side asked us to wait.</summary>
    RateLimited,

    /// <summary>The message itself cannot be handled by this version, however often it is tried.</summary>
    Unreadable,

    /// <summary>The other side refused for good: no such channel, no permission.</summary>
    Refused,
}

/// <summary>A failure whose category is known.</summary>
public sealed class HandlingException(FailureCategory category, string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public FailureCategory Category { get; } = category;

    /// <summary>How long the other side asked us to wait.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>What is decided about a failed attempt.</summary>
/// <param name="DelayMs">Wait before the next attempt; null when the row is dead.</param>
internal sealed record FailureDecision(FailureCategory Category, long? DelayMs, string Reason)
{
    /// <param name="attempts">Attempts made, this one included.</param>
    /// <param name="jitter">0 to 1.</param>
    public static FailureDecision Of(Exception failure, int attempts, double jitter, MessageOptions options)
    {
        var known = failure as HandlingException;
        var category = known?.Category ?? failure switch
        {
            JsonException => FailureCategory.Unreadable,
            HttpRequestException or TimeoutException => FailureCategory.Unavailable,
            _ => FailureCategory.Unknown,
        };
        var reason = $"{category}: {failure.GetType().Name}: {Cut(failure.Message)}";
        if (category is FailureCategory.Unreadable or FailureCategory.Refused || attempts >= options.Attempts)
        {
            return new FailureDecision(category, null, $"{reason} (attempt {attempts} of {options.Attempts})");
        }

        var ceiling = Math.Min(options.MaxBackoff.TotalMilliseconds, options.Backoff.TotalMilliseconds * Math.Pow(2, attempts - 1));
        // Half fixed, half random: no thundering herd, and never at once.
        var wait = Math.Max(known?.RetryAfter?.TotalMilliseconds ?? 0, ceiling * (0.5 + (0.5 * jitter)));
        return new FailureDecision(category, (long)wait, reason);
    }

    private static string Cut(string text) => text.Length <= 2000 ? text : text[..2000] + "…";
}

/// <summary>The lease was lost to somebody else while we worked; whatever we did is not committed.</summary>
public sealed class LeaseLostException(long id, long token)
    : Exception($"The lease on message {id} (token {token}) was lost: another worker has taken it over. Nothing was committed.");

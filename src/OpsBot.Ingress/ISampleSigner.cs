namespace OpsBot.Ingress;

/// <summary>Makes the headers that a sender would send with a body, for <c>opsbot send FILE --as pagerduty</c>.</summary>
public interface ISampleSigner
{
    /// <param name="source">The sender to play.</param>
    /// <param name="body">The exact bytes that will be sent.</param>
    /// <param name="eventName">The event's name where the sender has it in a header (GitHub's <c>push</c>); null to tell by the body.</param>
    /// <param name="known">Headers that came with the sample; placeholders in <c>&lt;&gt;</c> and names with a leading <c>_</c> do not count.</param>
    /// <exception cref="UnsignableException">No such sender, it is not configured, or the body does not show which event it is.</exception>
    IReadOnlyDictionary<string, string> HeadersFor(
        string source, ReadOnlyMemory<byte> body, string? eventName = null, IReadOnlyDictionary<string, string>? known = null);

    /// <summary>What the sender has in the query of its address, from the question mark on; empty for most.</summary>
    /// <exception cref="UnsignableException">No such sender, or it is not configured.</exception>
    string QueryFor(string source);
}

/// <summary>The sample cannot be sent as it is. The message is for the user and says what to do.</summary>
public sealed class UnsignableException(string message) : Exception(message);

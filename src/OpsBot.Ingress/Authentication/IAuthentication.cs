using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Authentication;

/// <summary>Decides whether a delivery comes from whom it says.</summary>
internal interface IAuthentication
{
    /// <summary>Whether the body is part of the proof; where it is not, nobody unproven gets as far as sending one.</summary>
    bool ReadsBody { get; }

    /// <param name="headers">The headers of the request.</param>
    /// <param name="body">The body as it came over the wire.</param>
    bool Accepts(WebhookHeaders headers, ReadOnlySpan<byte> body);

    /// <summary>The headers that such a sender would authenticate this body with; none where nothing is configured.</summary>
    IReadOnlyDictionary<string, string> Sign(ReadOnlySpan<byte> body);

    /// <summary>What such a sender would add to the address, from the question mark on; empty for most.</summary>
    string SignQuery() => "";
}

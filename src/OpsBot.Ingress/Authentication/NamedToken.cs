using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Authentication;

/// <summary>A token under a name of its own, in a header or in the query of the address.</summary>
internal sealed record NamedToken(string Name, string Token, bool InQuery) : IAuthentication
{
    public bool ReadsBody => false;

    public bool Accepts(WebhookHeaders headers, ReadOnlySpan<byte> body) =>
        (InQuery ? headers.Query(Name) : headers[Name]?.Trim()) is { } given && SecretText.Same(given, Token);

    public IReadOnlyDictionary<string, string> Sign(ReadOnlySpan<byte> body) =>
        InQuery ? new Dictionary<string, string>() : new Dictionary<string, string> { [Name] = Token };

    public string SignQuery() => InQuery ? $"?{Uri.EscapeDataString(Name)}={Uri.EscapeDataString(Token)}" : "";

    // a record would print its token
    public override string ToString() => $"{nameof(NamedToken)} {Name}";
}

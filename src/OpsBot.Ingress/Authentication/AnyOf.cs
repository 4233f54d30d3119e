using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Authentication;

/// <summary>Several proofs of which one will do, none of them over the body. A sample is sent with the first.</summary>
internal sealed class AnyOf(IReadOnlyList<IAuthentication> accepted) : IAuthentication
{
    public bool ReadsBody => false;

    public bool Accepts(WebhookHeaders headers, ReadOnlySpan<byte> body)
    {
        // all are asked, so that the time it takes does not tell which one was near
        var any = false;
        foreach (var one in accepted)
            any |= one.Accepts(headers, body);
        return any;
    }

    public IReadOnlyDictionary<string, string> Sign(ReadOnlySpan<byte> body) => accepted[0].Sign(body);

    public string SignQuery() => accepted[0].SignQuery();
}

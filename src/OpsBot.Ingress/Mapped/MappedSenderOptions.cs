namespace OpsBot.Ingress.Mapped;

// senders:
//   mapped:
//     datadog: { bearer: "..." }                          # /webhooks/datadog, read by the mapping of the same name
//     azure-production:                                   # /webhooks/azure-production
//       mapping: azure-monitor
//       query: { name: token, token: "..." }              # /webhooks/azure-production?token=...
//       service: "{label:service} ?? platform"
//     my-tool:
//       signature: { header: X-My-Signature, prefix: "sha256=", algorithm: sha256, encoding: hex, secrets: [ "..." ] }

/// <summary>A sender that a mapping reads. Of <c>bearer</c>, <c>basic</c>, <c>header</c> and <c>query</c> any that is set will do.</summary>
public sealed class MappedSenderOptions : TokenSenderOptions
{
    /// <summary>The mapping that reads its bodies. Default: the one that is called like the sender.</summary>
    public string? Mapping { get; set; }

    /// <summary>A token in a header of its own.</summary>
    public NamedTokenOptions? Header { get; set; }

    /// <summary>A token in the query of the address, for senders that can be told nothing but an address.</summary>
    public NamedTokenOptions? Query { get; set; }

    /// <summary>An HMAC over the body. Instead of a token, not besides one.</summary>
    public BodySignatureOptions? Signature { get; set; }

    /// <summary>Where this sender writes the service; goes before what the mapping says.</summary>
    public string? Service { get; set; }

    /// <summary>Where this sender writes the environment; goes before what the mapping says.</summary>
    public string? Environment { get; set; }
}

/// <summary>A token and the name that it is sent under.</summary>
public sealed class NamedTokenOptions
{
    public string Name { get; set; } = "";

    public string Token { get; set; } = "";
}

/// <summary>How a sender signs its bodies.</summary>
public sealed class BodySignatureOptions
{
    public string Header { get; set; } = "";

    /// <summary>What stands before the signature in the header: <c>sha256=</c>.</summary>
    public string Prefix { get; set; } = "";

    public SignatureAlgorithm Algorithm { get; set; }

    public SignatureEncoding Encoding { get; set; }

    /// <summary>Shared secrets; any of them may have signed.</summary>
    public List<string> Secrets { get; set; } = [];
}

public enum SignatureAlgorithm
{
    Sha256,
    Sha512,
}

public enum SignatureEncoding
{
    Hex,
    Base64,
}

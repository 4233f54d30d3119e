using OpsBot.Contracts.Events;

namespace OpsBot.Ingress.Mapped;

// mappings:
//   my-tool:                                     # docs/senders.md explains the language
//     list: data.alerts
//     delivery: "{id}"
//     identity: "{alertId} ?? {$.group}/{name}"
//     status: "{state}"
//     statusWords: { open: firing, muted: ignored }
//     title: "{name}"
//     labels: [ labels, tags ]

/// <summary>How the bodies of a sender are read. Every text is a template: <c>{path} and text ?? {otherPath}</c>.</summary>
public sealed class MappingOptions
{
    /// <summary>Path of the list of alerts in the body. Default: the body is one alert, or an array of them.</summary>
    public string? List { get; set; }

    /// <summary>The sender's id of the delivery. Default: the SHA-256 of the body, for four minutes.</summary>
    public string? Delivery { get; set; }

    /// <summary>Texts that mean "nothing" wherever they stand, in any case.</summary>
    public List<string> Blank { get; set; } = [];

    /// <summary>The sender's word for what happened. Default <c>alert</c>.</summary>
    public string? Event { get; set; }

    /// <summary>Values of <see cref="Event"/> that are taken and dropped.</summary>
    public List<string> Ignore { get; set; } = [];

    /// <summary>What the sender calls the alert: the same when it fires and when it is resolved.</summary>
    public string? Identity { get; set; }

    /// <summary>False where the sender never uses the identity again once the alert is resolved.</summary>
    public bool IdentityIsReused { get; set; } = true;

    /// <summary>What is alike across incidents. Default: the identity, or where that is not reused the service and title.</summary>
    public string? Fingerprint { get; set; }

    /// <summary>Of its alternatives the first whose text is one of <see cref="StatusWords"/> decides.</summary>
    public string? Status { get; set; }

    /// <summary>What the sender's words mean, in any case. Laid over the words that are known already.</summary>
    public Dictionary<string, MappedStatus> StatusWords { get; set; } = new(StringComparer.OrdinalIgnoreCase)
    {
        ["firing"] = MappedStatus.Firing,
        ["triggered"] = MappedStatus.Firing,
        ["alerting"] = MappedStatus.Firing,
        ["open"] = MappedStatus.Firing,
        ["acknowledged"] = MappedStatus.Acknowledged,
        ["resolved"] = MappedStatus.Resolved,
        ["closed"] = MappedStatus.Resolved,
        ["ok"] = MappedStatus.Resolved,
    };

    /// <summary>The status where the sender's word is none of <see cref="StatusWords"/>. Default: the delivery goes to the quarantine.</summary>
    public MappedStatus? StatusOtherwise { get; set; }

    /// <summary>The status where the sender states none. Default: the delivery goes to the quarantine.</summary>
    public MappedStatus? StatusMissing { get; set; }

    public string? Title { get; set; }

    public string? Summary { get; set; }

    public string? Description { get; set; }

    public string? Expression { get; set; }

    public string? Severity { get; set; }

    /// <summary>Our word for the sender's, in any case; one that is not here stays as it is.</summary>
    public Dictionary<string, string> SeverityWords { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    public string? Service { get; set; }

    public string? Environment { get; set; }

    /// <summary>When this event happened; orders late and reordered deliveries.</summary>
    public string? OccurredAt { get; set; }

    public string? StartedAt { get; set; }

    /// <summary>Looked at where the alert is resolved.</summary>
    public string? EndedAt { get; set; }

    /// <summary>Paths of objects, of arrays of <c>"name:value"</c> or of <c>{name, value}</c>, or of a text <c>"a:1,b:2"</c>. An earlier one goes before a later one.</summary>
    public List<string> Labels { get; set; } = [];

    /// <summary>As <see cref="Labels"/>; longer texts, which are not compared.</summary>
    public List<string> Annotations { get; set; } = [];

    /// <summary>All of them, where they are absolute http or https addresses.</summary>
    public List<string> Links { get; set; } = [];

    public string? RunbookUrl { get; set; }

    /// <summary>What the sender groups by.</summary>
    public string? Group { get; set; }

    /// <summary>Further facts by name.</summary>
    public Dictionary<string, string> Facts { get; set; } = [];

    /// <summary>Bodies that tell of a change, not of an alert.</summary>
    public ChangeMappingOptions? Change { get; set; }
}

/// <summary>Reads a body whose <see cref="MappingOptions.Event"/> is one of <see cref="Events"/> as a change.</summary>
public sealed class ChangeMappingOptions
{
    public List<string> Events { get; set; } = [];

    public ChangeKind Kind { get; set; } = ChangeKind.Deploy;

    /// <summary>Equal for every event of the same change. Default: the delivery.</summary>
    public string? Identity { get; set; }

    public string? Status { get; set; }

    /// <summary>What the sender's words mean, in any case; one that is not here is <c>unknown</c>.</summary>
    public Dictionary<string, ChangeStatus> StatusWords { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    public string? Title { get; set; }

    public string? Summary { get; set; }

    public string? Service { get; set; }

    public string? Environment { get; set; }

    public string? Version { get; set; }

    public string? Commit { get; set; }

    public string? Branch { get; set; }

    public string? Author { get; set; }

    public string? OccurredAt { get; set; }

    /// <summary>The description of the service's API: the document, or an address that it is to be had at.</summary>
    public string? Contract { get; set; }

    /// <summary>What it is written in: openapi, json-schema, protobuf, graphql. Default: found out.</summary>
    public string? ContractFormat { get; set; }

    public List<string> Links { get; set; } = [];

    public Dictionary<string, string> Facts { get; set; } = [];
}

/// <summary>What a sender's word for the state of an alert means.</summary>
public enum MappedStatus
{
    Firing,
    Acknowledged,
    Resolved,

    /// <summary>The delivery is taken and changes nothing.</summary>
    Ignored,
}

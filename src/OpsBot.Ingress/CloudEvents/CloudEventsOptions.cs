namespace OpsBot.Ingress.CloudEvents;

// senders:
//   cloudevents:
//     bearer: "..."
//     basic: { user: ci, password: "..." }

/// <summary>CloudEvents 1.0 over HTTP: the door for every sender that has none of its own.</summary>
public sealed class CloudEventsOptions : TokenSenderOptions;

namespace OpsBot.Ingress.Wandb;

// senders:
//   wandb: { bearer: "..." }        # the webhook's access token; the payload is deploy/wandb/payload.json. Runs are polled, see PollOptions

/// <summary>Webhook automations of Weights &amp; Biases.</summary>
public sealed class WandbOptions : TokenSenderOptions;

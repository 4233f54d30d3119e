namespace OpsBot.Ingress.PagerDuty;

// senders:
//   pagerduty:
//     secrets: [ "..." ]      # the signing secret that PagerDuty shows once when the V3 webhook subscription is made
//     insecure: false
//     maxBodyMiB: 8

/// <summary>PagerDuty webhooks V3.</summary>
public sealed class PagerDutyOptions : SigningSenderOptions;

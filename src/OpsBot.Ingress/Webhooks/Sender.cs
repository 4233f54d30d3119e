using OpsBot.Ingress.Authentication;

namespace OpsBot.Ingress.Webhooks;

/// <summary>A sender that is configured: who it is, how it proves it, how it writes and how much.</summary>
internal sealed record Sender(WebhookFormat Format, IAuthentication Authentication, SenderOptions Options)
{
    public string Source => Format.Source;

    public int MaxBytes => Options.MaxBodyMiB << 20;
}

using OpsBot.Ingress.Alertmanager;
using OpsBot.Ingress.Authentication;
using OpsBot.Ingress.CloudEvents;
using OpsBot.Ingress.GitHub;
using OpsBot.Ingress.Grafana;
using OpsBot.Ingress.Mapped;
using OpsBot.Ingress.PagerDuty;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress;

/// <summary>The list of senders. Adding one is a folder, a line here and a property of <see cref="SendersOptions"/>; or a mapping, and no code.</summary>
internal static class Senders
{
    public static IReadOnlyList<SenderDefinition> All { get; } =
    [
        new("pagerduty", all => all.PagerDuty, _ => new PagerDutyFormat(), own => Signature("X-PagerDuty-Signature", "v1=", own)),
        new("alertmanager", all => all.Alertmanager, all => new AlertmanagerFormat(all.Alertmanager ?? new()), Token),
        new("grafana", all => all.Grafana, all => new GrafanaFormat(all.Grafana ?? new()), Token),
        new("github", all => all.GitHub, all => new GitHubFormat(all.GitHub ?? new()), own => Signature("X-Hub-Signature-256", "sha256=", own)),
        new("cloudevents", all => all.CloudEvents, _ => new CloudEventsFormat(), Token),
    ];

    /// <summary>These and the mapped ones.</summary>
    public static IReadOnlyList<SenderDefinition> Known(SendersOptions options, MappingLibrary library) => [.. All, .. library.Senders(options)];

    /// <summary>Those that the configuration has a section for.</summary>
    public static IReadOnlyList<Sender> Configured(SendersOptions options, MappingLibrary library) =>
    [
        .. Known(options, library).Where(sender => sender.Options(options) is not null)
            .Select(sender => new Sender(
                sender.Format(options), sender.Authentication(sender.Options(options)!), sender.Options(options)!)),
    ];

    private static HmacSignature Signature(string header, string prefix, SenderOptions own) =>
        new(new SignatureScheme(header, prefix), ((SigningSenderOptions)own).Secrets, own.Insecure);

    private static TokenAuthentication Token(SenderOptions own) => new((TokenSenderOptions)own);
}

/// <summary>One line of <see cref="Senders.All"/>.</summary>
/// <param name="Source">The name in the route, in the configuration and in <c>messages.source</c>.</param>
/// <param name="Options">Its section; null where it is not configured.</param>
/// <param name="Format">Made for every sender, because the quarantine may hold bodies of one that is no longer configured.</param>
/// <param name="Authentication">Made from its section.</param>
internal sealed record SenderDefinition(
    string Source,
    Func<SendersOptions, SenderOptions?> Options,
    Func<SendersOptions, WebhookFormat> Format,
    Func<SenderOptions, IAuthentication> Authentication);

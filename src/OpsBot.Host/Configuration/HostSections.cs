using OpsBot.Actions.Audit;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Gates;
using OpsBot.Actions.People;
using OpsBot.Actions.Policy;
using OpsBot.Chat.Manners;
using OpsBot.Chat.PagerDuty;
using OpsBot.Chat.Slack;
using OpsBot.Chat.Teams;
using OpsBot.Diagnosis;
using OpsBot.Evidence;
using OpsBot.Evidence.Contracts;
using OpsBot.Host.Bus;
using OpsBot.Host.Serving;
using OpsBot.Host.Telemetry;
using OpsBot.Host.WebConsole;
using OpsBot.Incidents.Correlation;
using OpsBot.Incidents.Flow;
using OpsBot.Ingress;
using OpsBot.Knowledge;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Watches.Declared;

namespace OpsBot.Host.Configuration;

/// <summary>Everything that <c>opsbot.yaml</c> may say, one line a section. The sample in deploy/opsbot.yaml is tested against this list.</summary>
public static class HostSections
{
    public static IServiceCollection AddSections(this IServiceCollection services, LoadedConfiguration loaded) => services
        .AddSingleton(ShippedMappings.Library)
        .AddSection<ServeOptions>(loaded, "serve")
        .AddSection<ListenOptions>(loaded, "listen")
        .AddSection<SendersOptions>(loaded, SendersOptions.Section)
        .AddSection<CorrelationOptions>(loaded, "correlation")
        .AddSection<TopologyOptions>(loaded, "topology")
        .AddSection<FlowSettings>(loaded, "incidents")
        .AddSection<EvidenceOptions>(loaded, "evidence")
        .AddSection<BundleEvidenceOptions>(loaded, "evidence.bundles")
        .AddSection<ContractOptions>(loaded, ContractOptions.Section)
        .AddSection<DiagnosisOptions>(loaded, "diagnosis")
        .AddSection<RunbookOptions>(loaded, RunbookOptions.Section)
        .AddSection<GateOptions>(loaded, "gates")
        .AddSection<AuditOptions>(loaded, "audit")
        .AddSection<PeopleOptions>(loaded, PeopleOptions.Section)
        .AddSection<ActionsOptions>(loaded, ActionsOptions.Section)
        .AddSection<WatchesOptions>(loaded, WatchesOptions.Section)
        .AddSection<PolicyOptions>(loaded, PolicyOptions.Section)
        .AddSection<ChatOptions>(loaded, ChatOptions.Section)
        .AddSection<PagerDutyOptions>(loaded, PagerDutyOptions.Section)
        .AddSection<SlackOptions>(loaded, SlackOptions.Section)
        .AddSection<ConsoleOptions>(loaded, "console")
        .AddSection<TeamsOptions>(loaded, TeamsOptions.Section)
        .AddSection<RedactionOptions>(loaded, "redaction")
        .AddSection<BusOptions>(loaded, "bus")
        .AddSection<LoggingOptions>(loaded, "logging")
        .AddSection<MetricsOptions>(loaded, "telemetry.metrics")
        .AddSection<TracingOptions>(loaded, "telemetry.otlp")
        .AddSection<MessageOptions>(loaded, "messages")
        .AddSection<StoreOptions>(loaded, "store");
}

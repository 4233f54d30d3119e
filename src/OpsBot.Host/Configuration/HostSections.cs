using OpsBot.Chat.Threads;
using OpsBot.Diagnosis;
using OpsBot.Host.Serving;
using OpsBot.Host.WebConsole;
using OpsBot.Incidents.Correlation;
using OpsBot.Ingress;
using OpsBot.Knowledge;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Host.Configuration;

/// <summary>Everything that <c>opsbot.yaml</c> may say, one line a section. The sample in deploy/opsbot.yaml is tested against this list.</summary>
public static class HostSections
{
    public static IServiceCollection AddSections(this IServiceCollection services, LoadedConfiguration loaded) => services
        .AddSection<ListenOptions>(loaded, "listen")
        .AddSection<ConsoleOptions>(loaded, "console")
        .AddSection<SendersOptions>(loaded, SendersOptions.Section)
        .AddSection<CorrelationOptions>(loaded, "correlation")
        .AddSection<DiagnosisOptions>(loaded, "diagnosis")
        .AddSection<RunbookOptions>(loaded, RunbookOptions.Section)
        .AddSection<ThreadOptions>(loaded, "thread")
        .AddSection<StoreOptions>(loaded, "store")
        .AddSection<MessageOptions>(loaded, "messages");
}

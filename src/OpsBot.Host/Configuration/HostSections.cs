using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Host.Configuration;

/// <summary>Everything that <c>opsbot.yaml</c> may say, one line a section. The sample in deploy/opsbot.yaml is tested against this list.</summary>
public static class HostSections
{
    public static IServiceCollection AddSections(this IServiceCollection services, LoadedConfiguration loaded) => services
        .AddSection<StoreOptions>(loaded, "store")
        .AddSection<MessageOptions>(loaded, "messages");
}

using OpsBot.Chat.Slack;
using OpsBot.Host.Configuration;

namespace OpsBot.Host.Serving;

/// <summary>Slack, where it is configured: what is registered is posted to.</summary>
internal static class SlackParts
{
    public static bool HasSlack(this LoadedConfiguration configuration)
    {
        var options = new SlackOptions();
        // what does not fit is said by the check of the whole configuration
        new OptionsBinder([], []).Bind(options, configuration.Root.Find(SlackOptions.Section), SlackOptions.Section);
        return !string.IsNullOrWhiteSpace(options.BotToken);
    }

    public static IServiceCollection AddSlackWhereConfigured(this IServiceCollection services, LoadedConfiguration configuration) =>
        configuration.HasSlack() ? services.AddSlack() : services.AddSlackOptions();
}

using Microsoft.Extensions.DependencyInjection;
using OpsBot.Chat.Threads;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.Tests.Architecture;
using YamlDotNet.RepresentationModel;

namespace OpsBot.Tests.Chat.Slack;

public sealed class SlackOptionsTests
{
    [Theory]
    [InlineData("botToken: xoxb-1\n  appToken: xapp-1", null)]
    [InlineData("botToken: xoxb-1\n  mode: http\n  signingSecret: 8f742231b10e8888", null)]
    [InlineData("", null)]
    [InlineData("botToken: xoxb-1", "slack.appToken")]
    [InlineData("botToken: xoxb-1\n  appToken: xoxb-2", "xapp-")]
    [InlineData("botToken: xapp-1\n  appToken: xapp-1", "xoxb-")]
    [InlineData("botToken: xoxb-1\n  mode: http", "slack.signingSecret")]
    [InlineData("botToken: xoxb-1\n  mode: http\n  signingSecret: short", "16 characters")]
    [InlineData("botToken: \"  \"", "blank")]
    [InlineData("appToken: xapp-1", "slack.botToken: is missing")]
    [InlineData("botToken: xoxb-1\n  appToken: xapp-1\n  alertChannels: [ops]", "alertChannels[0]")]
    [InlineData("botToken: xoxb-1\n  appToken: xapp-1\n  apiUrl: http://slack.example/api/", "slack.apiUrl")]
    [InlineData("botToken: xoxb-1\n  appToken: xapp-1\n  mode: carrier-pigeon", "mode")]
    [InlineData("botTokn: xoxb-1", "botTokn")]
    public void What_does_not_hold_is_said_with_its_line(string yaml, string? problem)
    {
        var problems = Problems($"slack:\n  {yaml}\n");
        if (problem is null)
            problems.ShouldBeEmpty();
        else
            problems.ShouldHaveSingleItem().ShouldSatisfyAllConditions(text => text.ShouldContain(problem), text => text.ShouldMatch("opsbot\\.yaml.*[1-9]"));
        string.Join('\n', problems).ShouldNotContain("xoxb-1");
    }

    [Fact]
    public void Without_a_token_there_is_no_surface_and_with_one_there_is()
    {
        Surfaces("serve: {}").ShouldNotContain("slack");
        Surfaces("slack: {botToken: xoxb-1, appToken: xapp-1}").ShouldContain("slack");
    }

    [Fact]
    public void The_manifest_asks_for_what_we_use_and_names_where_we_listen()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "slack", "manifest.yaml"));
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        List("oauth_config", "scopes", "bot").ShouldBe(
            ["app_mentions:read", "chat:write", "commands", "files:write", "im:history", "channels:history", "groups:history", "users:read", "users:read.email"], ignoreOrder: true);
        List("settings", "event_subscriptions", "bot_events").ShouldBe(["app_mention", "message.im", "message.channels", "message.groups"], ignoreOrder: true);
        foreach (var path in (string[])["/slack/events", "/slack/interactivity", "/slack/commands"])
            text.ShouldContain(path);

        IEnumerable<string> List(params string[] path) => ((YamlSequenceNode)path.Aggregate((YamlNode)root, (node, key) => node[key])).Select(item => ((YamlScalarNode)item).Value!);
    }

    private static List<string> Problems(string yaml)
    {
        var loaded = OpsBotConfiguration.Parse(yaml);
        var services = Services(loaded);
        using var provider = services.BuildServiceProvider();
        return [.. ConfigurationCheck.Run(loaded, services.Sections(), provider).Select(problem => problem.ToString())];
    }

    private static List<string> Surfaces(string yaml) =>
        [.. Services(OpsBotConfiguration.Parse(yaml)).Where(service => service.ServiceType == typeof(IChatSurface)).Select(service => service.ImplementationType!.Name.Replace("Surface", "", StringComparison.Ordinal).ToLowerInvariant())];

    private static IServiceCollection Services(LoadedConfiguration loaded) => new ServiceCollection().AddLogging().AddOpsBot(loaded, new ServeSettings(Path.GetTempPath()));
}

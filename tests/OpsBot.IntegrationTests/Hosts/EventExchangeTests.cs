using System.Security.Cryptography;
using System.Text;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>Programs that know nothing of OpsBot publish CloudEvents to a plain exchange of a real broker.</summary>
public sealed class EventExchangeTests
{
    private const string Exchange = "opsbot.events";
    private const string Token = "adas-token-of-these-proofs-0123456789";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_event_becomes_one_row_and_what_is_none_is_kept()
    {
        await using var servers = await SharedServers.StartAsync(Cancel);
        using var folder = new DataFolder();
        var config = folder.Write("opsbot.yaml", $$"""
            {{servers.Sections}}
            incidents: { maxDiagnoses: 0 }
            people: [ { id: ada, roles: [ oncall ], token: 'sha256:{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))}}' } ]

            """);
        await using (var first = await OpsBotProcess.ServeAsync(folder, config, Cancel))
        {
            await OpsBotProgram.UntilAsync(() => Task.FromResult(first.Errors.Contains($"from the exchange {Exchange}", StringComparison.Ordinal) ? "yes" : null), "the exchange to be there", Cancel);
            await PublishAsync(servers, "application/cloudevents+json", Event("a"), Event("b"), Event("a"), "{ broken", "");
            await PublishAsync(servers, "application/cloudevents-batch+json", $"[{Event("c")},{Event("d")}]");
            await PublishBinaryAsync(servers, "e");
            await HandledAsync(servers, 5);
            await first.KillAsync();
        }

        // What comes while nobody is there waits in its queue.
        await PublishAsync(servers, "application/cloudevents+json", Event("f"), Event("b"));
        await using var second = await OpsBotProcess.ServeAsync(folder, config, Cancel);
        await HandledAsync(servers, 6);
        (await servers.CountAsync("select count(*) from incident_joins", Cancel)).ShouldBe(6);
        (await DepthAsync(servers, Exchange)).ShouldBe(0u, "all were acknowledged");
        (await DepthAsync(servers, "opsbot.events.dead")).ShouldBe(2u, "what is no JSON is kept");

        // What people see of it.
        (await OpsBotProgram.RunAsync(folder, Cancel, "bus", "--config", config)).ShouldSatisfyAllConditions(
            bus => bus.ExitCode.ShouldBe(0, bus.ToString()),
            bus => bus.Output.ShouldContain("2 waiting    0 consumers  opsbot.events.dead"),
            bus => bus.Output.ShouldContain("0 waiting    1 consumers  opsbot-correlate-alert"));
        for (var look = 0; look < 2; look++)
        {
            (await OpsBotProgram.RunAsync(folder, Cancel, "bus", "dead", "--config", config)).Output.ShouldContain("{ broken");
        }

        (await OpsBotProgram.RunAsync(folder, Cancel, "doctor", "--config", config)).Output.ShouldContain("BAD  broker: 2 messages of opsbot.events are no events");
        (await OpsBotProgram.RunAsync(folder, Cancel, "bus", "replay", "--config", config)).Error.ShouldContain("personal token");
        (await DepthAsync(servers, "opsbot.events.dead")).ShouldBe(2u);
        (await OpsBotProgram.RunAsync(folder, Cancel, "bus", "replay", "--config", config, "--token-file", folder.Write("token", Token))).Error.ShouldContain("2 published again");
        await OpsBotProgram.UntilAsync(
            async () => await DepthAsync(servers, "opsbot.events.dead") == 2 ? "back" : null, "what is still no event to be back among the dead letters", Cancel);
        (await servers.CountAsync("select count(*) from incident_joins", Cancel)).ShouldBe(6);
        (await second.TerminateAsync(Cancel)).ShouldBe(0, second.Errors);
    }

    private static Task<string> HandledAsync(SharedServers servers, int rows) => OpsBotProgram.UntilAsync(
        async () => await servers.CountAsync("select count(*) from messages where kind = 'alert.reported' and handled_at is not null", Cancel) == rows ? "all" : null,
        $"{rows} events to be handled",
        Cancel);

    private static string Event(string id) =>
        $$$"""{"specversion":"1.0","id":"{{{id}}}","source":"/cron","type":"opsbot.alert.v1","data":{"key":"{{{id}}}","status":"firing","title":"{{{id}}} failed","service":"{{{id}}}","environment":"{{{id}}}"}}""";

    private static async Task PublishAsync(SharedServers servers, string type, params string[] bodies)
    {
        await using var connection = await servers.ConnectAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Cancel);
        foreach (var body in bodies)
        {
            await channel.BasicPublishAsync(
                Exchange, "cron.alert", mandatory: true, new BasicProperties { ContentType = type, Persistent = true }, Encoding.UTF8.GetBytes(body), Cancel);
        }
    }

    private static async Task PublishBinaryAsync(SharedServers servers, string id)
    {
        await using var connection = await servers.ConnectAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Cancel);
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            Headers = new Dictionary<string, object?>
            {
                ["cloudEvents:specversion"] = "1.0",
                ["cloudEvents:id"] = id,
                ["cloudEvents:source"] = "/crön %41",
                ["cloudEvents:type"] = "opsbot.alert.v1",
            },
        };
        var data = $$"""{"key":"{{id}}","status":"firing","title":"{{id}} failed","service":"{{id}}","environment":"{{id}}"}""";
        await channel.BasicPublishAsync(Exchange, "cron.alert", mandatory: true, properties, Encoding.UTF8.GetBytes(data), Cancel);
    }

    private static async Task<uint> DepthAsync(SharedServers servers, string queue)
    {
        await using var connection = await servers.ConnectAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        return (await channel.QueueDeclarePassiveAsync(queue, Cancel)).MessageCount;
    }
}

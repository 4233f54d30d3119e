using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpsBot.Contracts.Messages;
using OpsBot.Host.Bus;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>What a host declares at the broker others see, and a broker keeps: it changes only when somebody says so.</summary>
public sealed partial class BrokerTopologyTests
{
    private const string ApproveVariable = "OPSBOT_APPROVE";

    private static readonly string Approved = Path.Combine(OpsBotProgram.Repository(), "tests", "OpsBot.IntegrationTests", "Hosts", "Approved", "broker-topology.txt");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exchanges_queues_bindings_and_consumers_are_those_that_were_approved()
    {
        await using var servers = await SharedServers.StartAsync(Cancel);
        using var folder = new DataFolder();
        using var sender = new AlertSender();
        await using var host = await OpsBotProcess.ServeAsync(folder, folder.Write("opsbot.yaml", servers.Sections + "\n"), Cancel);
        var to = await host.Webhooks;
        await OpsBotProgram.UntilAsync(
            async () => host.Errors.Contains("Events are taken from the exchange", StringComparison.Ordinal)
                && await sender.HealthAsync(to, Cancel, "/readyz") == (HttpStatusCode.OK, "store: ok\nbus: ok\n") ? "all" : null,
            "everything to be declared",
            Cancel);

        var found = await TopologyAsync(servers);
        foreach (var queue in RabbitMqBus.Queues(new BusOptions()))
        {
            found.Count(line => line.StartsWith($"queue {queue}: ", StringComparison.Ordinal)).ShouldBe(1, $"each consumer has a queue that hosts share, and {queue} is missing");
        }

        if (Environment.GetEnvironmentVariable(ApproveVariable) is "1")
        {
            await File.WriteAllTextAsync(Approved, string.Join('\n', found) + "\n", Cancel);
        }

        var approved = await File.ReadAllLinesAsync(Approved, Cancel);
        var difference = approved.Except(found).Select(line => $"- {line}").Concat(found.Except(approved).Select(line => $"+ {line}")).OrderBy(line => line[2..], StringComparer.Ordinal).ToList();
        difference.ShouldBeEmpty(
            $"What stands at the broker is not what {Path.GetFileName(Approved)} says (- approved, + found):\n{string.Join('\n', difference)}\n"
            + "A queue whose arguments change must be deleted by hand at every broker before the new version starts: think of docs/hosts.md. To approve it: "
            + $"{ApproveVariable}=1 tests/run --filter {nameof(BrokerTopologyTests)}, and commit {Approved}.");
        found.ShouldBe(approved, "each stands there once");
    }

    [Fact]
    public async Task A_row_of_each_kind_reaches_who_handles_it_and_one_of_this_host_too()
    {
        LongRun.Require();
        await using var servers = await SharedServers.StartAsync(Cancel);
        using var folder = new DataFolder();
        await using var host = await OpsBotProcess.ServeAsync(folder, folder.Write("opsbot.yaml", servers.Sections + "\n"), Cancel);
        string[] kinds = [.. typeof(IMessage).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IMessage))).Select(type => (string)type.GetProperty(nameof(IMessage.Kind))!.GetValue(null)!)];
        kinds.ShouldContain("action.run");
        var own = await OpsBotProgram.UntilAsync(
            async () => (await servers.ListAsync("list_queues name", Cancel)).Select(queue => OwnQueue().Match(Text(queue, "name"))).FirstOrDefault(match => match.Success)?.Value["opsbot-host-".Length..],
            "the queue of the host",
            Cancel);

        // Whoever takes a row without a body gives it up at once.
        foreach (var (kind, only) in kinds.Select(kind => (kind, "null")).Append(("action.run", $"'{own}'")))
        {
            await servers.CountAsync(
                $"with row as (insert into messages (kind, stream, body, source, host, created_at, due_at) values ('{kind}', '{kind}/{own}/{only.Length}', 'null', 'proof', {only}, 0, 0) returning id) select count(*) from row", Cancel);
        }

        await OpsBotProgram.UntilAsync(
            async () => await servers.CountAsync("select count(*) from messages where source = 'proof' and dead_at is not null", Cancel) == kinds.Length + 1 ? "all" : null,
            "each row to be taken",
            Cancel);
        // What the broker has not said that it has is not on the way: whoever publishes asks for that.
        var confirming = (await servers.ListAsync("list_channels confirm consumer_count messages_unacknowledged", Cancel)).Where(channel => channel.GetProperty("consumer_count").GetInt32() == 0).ToList();
        confirming.ShouldNotBeEmpty("somebody has published");
        confirming.ShouldAllBe(channel => channel.GetProperty("confirm").ValueKind == JsonValueKind.True);
    }

    /// <summary>One line for each thing, sorted; without the broker's own.</summary>
    private static async Task<IReadOnlyList<string>> TopologyAsync(SharedServers servers)
    {
        var lines = new List<string>();
        foreach (var one in await servers.ListAsync("list_exchanges name type durable auto_delete internal arguments", Cancel))
        {
            if (Text(one, "name") is { Length: > 0 } name && !name.StartsWith("amq.", StringComparison.Ordinal))
            {
                lines.Add($"exchange {name}: {Text(one, "type")}{Flags(one, "durable", "auto_delete", "internal")}{Arguments(one)}");
            }
        }

        foreach (var one in await servers.ListAsync("list_queues name type durable auto_delete arguments", Cancel))
        {
            lines.Add($"queue {Text(one, "name")}: {Text(one, "type")}{Flags(one, "durable", "auto_delete")}{Arguments(one)}");
        }

        foreach (var one in await servers.ListAsync("list_bindings source_name destination_kind destination_name routing_key arguments", Cancel))
        {
            if (Text(one, "source_name") is { Length: > 0 } source)
            {
                lines.Add($"binding {source} to {Text(one, "destination_kind")} {Text(one, "destination_name")}, key '{Text(one, "routing_key")}'{Arguments(one)}");
            }
        }

        foreach (var one in await servers.ListAsync("list_consumers queue_name ack_required prefetch_count arguments", Cancel))
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"consumer of {Text(one, "queue_name")}: prefetch {one.GetProperty("prefetch_count").GetInt32()}{Flags(one, "ack_required")}{Arguments(one)}"));
        }

        return [.. lines.Select(line => OwnQueue().Replace(line, "opsbot-host-HOST")).Order(StringComparer.Ordinal)];
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString() ?? "";

    private static string Flags(JsonElement of, params string[] names) => string.Concat(names.Where(name => of.GetProperty(name).ValueKind == JsonValueKind.True).Select(name => $", {name}"));

    /// <summary>Each is a name, a type and a value.</summary>
    private static string Arguments(JsonElement of) =>
        string.Concat(of.GetProperty("arguments").EnumerateArray().Select(each => $", {each[0].GetString()}={each[2]}").Order(StringComparer.Ordinal));

    [GeneratedRegex("opsbot-host-[^ :,]+")]
    private static partial Regex OwnQueue();
}

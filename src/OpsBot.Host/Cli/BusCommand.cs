using System.CommandLine;
using Microsoft.Extensions.Options;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Host.Bus;
using OpsBot.Host.Serving;
using OpsBot.Runtime.Redaction;
using RabbitMQ.Client.Exceptions;

namespace OpsBot.Host.Cli;

internal static class BusCommand
{
    public static Command Create()
    {
        var (config, json) = (CommonOptions.Config(), CommonOptions.Json());
        var command = new Command("bus", "Say how the broker's queues stand.\n\nExamples: opsbot bus dead · opsbot bus replay --most 10") { config, json, Dead(), Replay() };
        command.SetAction((parsed, cancellationToken) => WithBrokerAsync(parsed, config, async (desk, _) => await parsed.WriteListAsync(
            json,
            await desk.QueuesAsync(cancellationToken),
            queue => $"{queue.Messages,8} waiting  {queue.Consumers,3} consumers  {queue.Name}",
            "None yet: 'opsbot serve' makes them.")));
        return command;
    }

    private static Command Dead()
    {
        var (config, json, most) = (CommonOptions.Config(), CommonOptions.Json(), Most(20));
        var command = new Command("dead", "Show the oldest messages of the event exchange that never became a row. They stay where they are.") { config, json, most };
        command.SetAction((parsed, cancellationToken) => WithBrokerAsync(parsed, config, async (desk, _) => await parsed.WriteListAsync(
            json,
            await desk.PeekAsync(parsed.GetValue(most), cancellationToken),
            letter => $"{PlainText.Line(letter.RoutingKey, 200)}  {PlainText.Line(letter.ContentType, 100)}  {letter.Bytes} bytes\n  {PlainText.Line(letter.Excerpt, 500)}")));
        return command;
    }

    private static Command Replay()
    {
        var (config, token, most) = (CommonOptions.Config(), ActingPerson.TokenFile(), Most(100));
        var command = new Command("replay", "Bring dead letters back to the event exchange, after whatever was wrong with reading them is mended. Needs a personal token.") { config, token, most };
        command.SetAction((parsed, cancellationToken) => WithBrokerAsync(parsed, config, async (desk, services) =>
        {
            _ = parsed.Resolve(token, services.GetRequiredService<IPeople>());
            var done = await desk.ReplayAsync(parsed.GetValue(most), cancellationToken);
            await Console.Error.WriteLineAsync($"{done} published again.");
            return ExitCode.Done;
        }));
        return command;
    }

    private static Option<int> Most(int number) => new("--most") { Description = $"At most so many. Default {number}.", DefaultValueFactory = _ => number };

    private static async Task<int> WithBrokerAsync(ParseResult parsed, Option<string?> config, Func<BrokerDesk, IServiceProvider, Task<int>> work)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddOpsBotConsole(quiet: true));
        services.AddOpsBot(parsed.LoadConfiguration(config), new ServeSettings(ServeSettings.DefaultDataFolder));
        await using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<BusOptions>>().Value;
        if (options.RabbitMq is not { Length: > 0 })
        {
            throw new UnusableInputException("No broker is configured: the bus is in memory, and lives in 'opsbot serve' alone. Set bus.rabbitmq, or name the file with --config.");
        }

        try
        {
            return await work(new BrokerDesk(options, provider.GetRequiredService<IRedactor>()), provider);
        }
        catch (BrokerUnreachableException away)
        {
            throw new UnusableInputException($"The broker does not answer: {(away.InnerException ?? away).Message} Look at bus.rabbitmq, and whether the server runs.");
        }
    }
}

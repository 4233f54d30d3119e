using System.CommandLine;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Incidents;
using OpsBot.Handlers.Chat.Commands;

namespace OpsBot.Host.Cli;

/// <summary>The words of the chat surfaces, in a terminal.</summary>
internal static class ChatCommands
{
    private const int Longest = 60_000;

    public static Command Create()
    {
        var words = new Argument<string[]>("words") { Description = "What you would say in chat: \"why INC-3\".", Arity = ArgumentArity.OneOrMore };
        var incident = new Option<string?>("--incident") { Description = "As if it were said in the thread of this incident: INC-3." };
        var (config, data, token) = (CommonOptions.Config(), CommonOptions.Data(), ActingPerson.TokenFile());
        var command = new Command(
            "chat", "Say what you would say in chat, as the person whose token you have.\n\nExamples: opsbot chat status · opsbot chat \"why INC-3\" · opsbot chat --incident INC-3 \"run rollback service=checkout\" · opsbot chat help")
        {
            words, incident, config, data, token,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var about = parsed.GetValue(incident);
            if (about is not null && !Names.TryParseIncident(about, out _))
            {
                throw new UnusableInputException($"'{about}' is not an incident; write INC-12 or 12. 'opsbot incidents --all' lists them.");
            }

            await using var services = parsed.OpenStore(config, data);
            var person = parsed.Resolve(token, services.GetRequiredService<IPeople>());
            var said = await services.GetRequiredService<SpokenCommand>().SayAsync(
                string.Join(' ', parsed.GetRequiredValue(words)), new Asker(person, "cli", person.Id),
                about is not null && Names.TryParseIncident(about, out var id) ? id : null, cancellationToken);
            Console.WriteLine(PlainText.Block(said.Text, Longest).Value);
            return ExitCode.Done;
        });
        return command;
    }
}

using OpsBot.Chat.Commands;
using OpsBot.Contracts.Events;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Where everything that people say ends up, whatever surface they say it on. Nobody is met with silence, and nobody without a name decides.</summary>
public sealed class CommandDesk(IEnumerable<IChatCommand> commands)
{
    /// <param name="incidentId">The incident in whose thread it was said; null elsewhere.</param>
    public async Task<ChatDeed> HearAsync(string text, Asker asker, long? incidentId, CancellationToken cancellationToken)
    {
        // what is cut away somewhere says something else than was meant
        if (text.Length > CommandParser.Longest)
            return ChatDeed.Say($"That is too long: {CommandParser.Longest} characters are read, and nothing was done. Say it in fewer words.", onlyAsker: true);
        switch (CommandParser.Parse(text))
        {
            case ChatCommand.Known known:
                return await DoAsync(new Asked(known, asker, incidentId), cancellationToken);
            case ChatCommand.Question question:
                var found = await commands.OfType<FindCommand>().Single().SearchAsync(question.Text, asker, cancellationToken);
                return ChatDeed.Say($"There is no model here that could answer in words; this is what a search finds.\n{found}");
            case ChatCommand.Unknown unknown:
                return ChatDeed.Say(
                    unknown.Suggestion is { } near
                        ? $"I do not know '{Cut(unknown.Word)}'. Did you mean '{near}'?"
                        : $"I do not know '{Cut(unknown.Word)}'. 'help' lists what you can say; 'find {Cut(unknown.Word)}' searches.",
                    onlyAsker: true);
            default:
                return ChatDeed.Say(HelpCommand.Text(asker), onlyAsker: true);
        }
    }

    /// <summary>A button was pressed or a form was sent.</summary>
    /// <param name="text">Of a form the command that it completes.</param>
    public async Task<ChatDeed> ChooseAsync(ChatChoice choice, string text, Asker asker, long? incidentId, CancellationToken cancellationToken)
    {
        if (choice.Action is "approve" or "refuse")
        {
            return asker.Person is null
                ? ChatDeed.Say(HelpCommand.Stranger(asker), onlyAsker: true)
                : await commands.OfType<DecideCommand>().Single(command => command.Word == choice.Action).DecideAsync(asker, choice, cancellationToken);
        }

        // The values of a form are values, whatever they look like: they are never read as a command.
        return choice.Action == "run" && CommandParser.Parse(text) is ChatCommand.Known { Word.Word: "run" } run
            ? await DoAsync(new Asked(run with { Named = Laid(run.Named, choice.Values) }, asker, incidentId), cancellationToken)
            : ChatDeed.Say("That button is of another version of OpsBot; write what you want instead, 'help' lists the words.", onlyAsker: true);
    }

    private async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken) => asked.Command.Word.NeedsPerson && asked.Asker.Person is null
        ? ChatDeed.Say(HelpCommand.Stranger(asked.Asker), onlyAsker: true)
        : await commands.Single(command => command.Word == asked.Command.Word.Word).DoAsync(asked, cancellationToken);

    private static Dictionary<string, string> Laid(IReadOnlyDictionary<string, string> below, IReadOnlyDictionary<string, string> above)
    {
        var all = new Dictionary<string, string>(below, StringComparer.Ordinal);
        foreach (var (name, value) in above)
            all[name] = value;
        return all;
    }

    private static string Cut(string word) => word.Length <= 40 ? word : word[..(char.IsHighSurrogate(word[39]) ? 39 : 40)] + "…";
}

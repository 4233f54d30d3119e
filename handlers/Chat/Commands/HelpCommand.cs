using OpsBot.Chat.Commands;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Says who OpsBot takes the asker for, and what they may do.</summary>
public sealed class HelpCommand : IChatCommand
{
    public string Word => "help";

    public Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken) => Task.FromResult(ChatDeed.Say(Text(asked.Asker), onlyAsker: true));

    internal static string Text(Asker asker)
    {
        var may = ChatWords.All.Where(word => word.Word is not "help" && (asker.Person is not null || !word.NeedsPerson));
        var who = asker.Person is { } person
            ? $"You are {person.Name}{(person.Roles.Count > 0 ? $" ({string.Join(", ", person.Roles)})" : ", without a role: you propose and decide nothing that asks for one")}."
            : Stranger(asker);
        return $"{who}\n{string.Join('\n', may.Select(word => $"{word.Usage}: {word.Help}"))}";
    }

    /// <summary>What somebody is told whom nobody knows.</summary>
    internal static string Stranger(Asker asker) =>
        $"Nobody named you to OpsBot, so you read and decide nothing. Whoever keeps its configuration can add your id on {asker.Surface} to a person under 'people': identities: {{ {asker.Surface}: [{asker.Identity}] }}";
}

namespace OpsBot.Chat.Commands;

/// <summary>What somebody meant. Exactly one of the four kinds below.</summary>
public abstract record ChatCommand
{
    private ChatCommand()
    {
    }

    /// <summary>A word with what stands behind it.</summary>
    /// <param name="Arguments">The words behind it that are not <c>name=value</c>, in order, quotes taken away.</param>
    /// <param name="Named">The <c>name=value</c>s; of one that is given twice the last.</param>
    /// <param name="Rest">All behind the word, as it was written.</param>
    public sealed record Known(ChatWord Word, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Named, string Rest) : ChatCommand;

    /// <summary>A word that nobody told us.</summary>
    /// <param name="Suggestion">What was probably meant; null where nothing lies near.</param>
    public sealed record Unknown(string Word, string? Suggestion) : ChatCommand;

    /// <summary>A question in words of their own.</summary>
    public sealed record Question(string Text) : ChatCommand;

    /// <summary>Nothing was said.</summary>
    public sealed record Empty : ChatCommand;
}

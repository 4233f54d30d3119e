using OpsBot.Chat.Commands;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Threads;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Who asks, as far as that is known.</summary>
/// <param name="Person">Null for somebody whom the configuration does not name: they read and decide nothing.</param>
/// <param name="Surface">Where they ask: <c>slack</c>, <c>teams</c>, <c>web</c>, <c>cli</c>.</param>
/// <param name="Identity">The surface's id of them.</param>
/// <param name="Place">Where on a chat surface; null on a page or in a terminal.</param>
public sealed record Asker(Person? Person, string Surface, string Identity, ChatPlace? Place = null);

/// <summary>What was asked, and about what.</summary>
/// <param name="IncidentId">The incident in whose thread it was asked; null elsewhere.</param>
public sealed record Asked(ChatCommand.Known Command, Asker Asker, long? IncidentId)
{
    /// <summary>The person; only words that need one may ask.</summary>
    public Person Person => Asker.Person ?? throw new InvalidOperationException($"'{Command.Word.Word}' went on without a person.");
}

/// <summary>An answer. Not cleaned and not redacted: whoever shows it does both.</summary>
/// <param name="Text">One or several lines.</param>
/// <param name="OnlyAsker">It is of no use to anybody else: help, a refusal, a slip.</param>
public sealed record Said(string Text, bool OnlyAsker = false)
{
    public IReadOnlyList<AnswerDecision> Decisions { get; init; } = [];

    public AnswerQuestions? Form { get; init; }

    /// <summary>Somebody else has to see it, and no thread shows it to them: it is not for the asker alone, in whatever way they asked.</summary>
    public bool ForOthers { get; init; }
}

/// <summary>What follows from a command: an answer, and perhaps an effect whose transaction says what the answer is.</summary>
public sealed record ChatDeed(Func<EffectScope, Task<Said>> Effect)
{
    public static ChatDeed Say(string text, bool onlyAsker = false) => Of(new Said(text, onlyAsker));

    public static ChatDeed Of(Said said) => new(_ => Task.FromResult(said));

    /// <summary>The incident that a person took something on about; null for none.</summary>
    public long? ActedOn { get; init; }
}

/// <summary>One word. Looks outside any transaction; what it changes it changes in the effect.</summary>
public interface IChatCommand
{
    /// <summary>As in <see cref="ChatWords"/>.</summary>
    string Word { get; }

    Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken);
}

using MassTransit;
using OpsBot.Actions.People;
using OpsBot.Chat.Commands;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Handlers.Chat.Commands;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;

namespace OpsBot.Handlers.Chat;

/// <summary>Somebody said something or pressed a button: find out who it is, do what they may, and answer.</summary>
public sealed class AnswerChat(
    MessageHandling handling, CommandDesk desk, IPeople people, SurfaceThreads threads, IHumanActs acts, AskerPace pace)
    : IConsumer<Due<ChatReceived>>
{
    private const string TooMany =
        "That is more than I answer one person in a minute (chat.asksPerMinute), so what you say now goes unanswered. Decisions and 'stop' are taken all the same; ask again in a minute.";

    private static readonly Effect Nothing = _ => Task.CompletedTask;

    public Task Consume(ConsumeContext<Due<ChatReceived>> context) => handling.Handle(context, HandleAsync);

    internal async Task<Effect> HandleAsync(ChatReceived heard, HandlingContext run)
    {
        // Programs get no answers, or two of them would talk for ever; and nobody asked anything in a channel that is only watched.
        if (heard.Speaker.IsBot || heard.Way == ChatWay.ChannelPost)
            return Nothing;
        var asker = new Asker(PersonOf(people, heard.Surface, heard.Speaker), heard.Surface, heard.Speaker.UserId, heard.Place);
        var who = $"{heard.Surface}/{heard.Speaker.TenantOrTeam}/{heard.Speaker.UserId}";
        var turn = pace.Take(who, run.Run.MessageId);
        // whom nobody named decides and stops nothing, so that there is nothing to take
        if (turn != AskerTurn.Answered && !(asker.Person is not null && IsAlwaysTaken(heard)))
            return turn == AskerTurn.Ignored ? Nothing : Answer(heard, run, new Said(TooMany, OnlyAsker: true));
        // what is always taken is not always answered: most of a flood of it changes nothing
        var isAnswered = turn == AskerTurn.Answered || pace.Take($"acts of {who}", run.Run.MessageId) == AskerTurn.Answered;
        var incident = heard.Place.Thread is { } thread
            ? await threads.IncidentOfAsync(heard.Surface, heard.Place.Channel, thread, run.CancellationToken)
            : null;
        var deed = heard.Choice is { } choice
            ? await desk.ChooseAsync(choice, heard.Text, asker, incident, run.CancellationToken)
            : await desk.HearAsync(heard.Text, asker, incident, run.CancellationToken);
        return async scope =>
        {
            var said = await deed.Effect(scope);
            if (!said.OnlyAsker && deed.ActedOn is { } acted)
                await acts.ActedOnAsync(acted, scope);
            if (isAnswered)
                await Answer(heard, run, turn == AskerTurn.Answered ? said : said with { OnlyAsker = true })(scope);
        };
    }

    private static Effect Answer(ChatReceived heard, HandlingContext run, Said said) => scope =>
    {
        scope.Follow(NewMessage.Of(
            new PostAnswer(
                FormattableString.Invariant($"answer/{run.Run.MessageId}"), heard.Place, said.Text, said.OnlyAsker || (IsAside(heard) && !said.ForOthers),
                heard.Speaker.UserId, heard.ReplyHandle, said.Decisions, said.Form),
            $"answer/{heard.Stream}"));
        return Task.CompletedTask;
    };

    /// <summary>Said to the bot beside what is said in the channel: by a slash command, or in the form that one opened.</summary>
    private static bool IsAside(ChatReceived heard) => heard.Way == ChatWay.Command || (heard.Way == ChatWay.Form && heard.Place.Thread is null);

    /// <summary>A decision counts once anyway, and nothing may keep anybody from stopping everything.</summary>
    private static bool IsAlwaysTaken(ChatReceived heard) =>
        heard.Choice is { Action: "approve" or "refuse" } || (heard.Choice is null && CommandParser.Parse(heard.Text) is ChatCommand.Known { Word.Word: "stop" or "approve" or "refuse" });

    /// <summary>By the surface's id, as it is or with its team in front; else by the address that the surface's directory gives. A name proves nothing.</summary>
    internal static Person? PersonOf(IPeople people, string surface, ChatSpeaker speaker) =>
        (speaker.TenantOrTeam is { Length: > 0 } team ? people.ByIdentity(surface, $"{team}/{speaker.UserId}") : null)
        ?? people.ByIdentity(surface, speaker.UserId)
        ?? (speaker.Email is { Length: > 0 } email ? people.ByIdentity("email", email) : null);
}

/// <summary>How many at once: some of them run programs of the catalog.</summary>
public sealed class AnswerChatDefinition : ConsumerDefinition<AnswerChat>
{
    public const int Concurrency = 4;

    public AnswerChatDefinition() => ConcurrentMessageLimit = Concurrency;
}

using MassTransit;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Handlers.Chat.Commands;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;

namespace OpsBot.Handlers.Chat;

/// <summary>Somebody said something or pressed a button: find out who it is, do what they may, and answer.</summary>
public sealed class AnswerChat(MessageHandling handling, CommandDesk desk, IPeople people, SurfaceThreads threads, IHumanActs acts) : IConsumer<Due<ChatReceived>>
{
    public Task Consume(ConsumeContext<Due<ChatReceived>> context) => handling.Handle(context, HandleAsync);

    internal async Task<Effect> HandleAsync(ChatReceived heard, HandlingContext run)
    {
        // Programs get no answers, or two of them would talk for ever; and nobody asked anything in a channel that is only watched.
        if (heard.Speaker.IsBot || heard.Way == ChatWay.ChannelPost)
            return _ => Task.CompletedTask;
        var asker = new Asker(PersonOf(people, heard.Surface, heard.Speaker), heard.Surface, heard.Speaker.UserId, heard.Place);
        var incident = heard.Place.Thread is { } thread
            ? await threads.IncidentOfAsync(heard.Surface, heard.Place.Channel, thread, run.CancellationToken)
            : null;
        var deed = heard.Choice is { } choice
            ? await desk.ChooseAsync(choice, heard.Text, asker, incident, run.CancellationToken)
            : await desk.HearAsync(heard.Text, asker, incident, run.CancellationToken);
        return async scope =>
        {
            var said = await deed.Effect(scope);
            if (deed.ActedOn is { } acted)
                await acts.ActedOnAsync(acted, scope);
            scope.Follow(NewMessage.Of(
                new PostAnswer(
                    FormattableString.Invariant($"answer/{run.Run.MessageId}"), heard.Place, said.Text, said.OnlyAsker || heard.Way == ChatWay.Command,
                    heard.Speaker.UserId, heard.ReplyHandle, said.Decisions, said.Form),
                $"answer/{heard.Stream}"));
        };
    }

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

using OpsBot.Chat.Cards;
using OpsBot.Contracts.Threads;

namespace OpsBot.Chat.Threads;

/// <summary>A card to open a thread with, or to replace the one that stands.</summary>
/// <param name="DeliveryId">Names this delivery for ever.</param>
/// <param name="Version">Rises with every card of an incident, as in <see cref="Contracts.Ports.IThreadStore"/>.</param>
/// <param name="Place">Where the thread is to be or is.</param>
/// <param name="ThreadReference">What opening the thread gave back; null when opening.</param>
public sealed record CardDelivery(
    long IncidentId, string DeliveryId, StatusCard Card, long Version, ChatPlace Place, string? ThreadReference = null);

/// <summary>A reply to post below the card.</summary>
/// <param name="DeliveryId">Names this reply for ever.</param>
/// <param name="ReplyKind"><c>opened</c>, <c>diagnosis</c>, <c>state</c>, <c>notice</c>, <c>watch</c>.</param>
/// <param name="ThreadReference">What opening the thread gave back.</param>
public sealed record ReplyDelivery(
    long IncidentId, string DeliveryId, string ReplyKind, PlainText Text, ChatPlace Place, string? ThreadReference = null)
{
    /// <summary>Charts and long texts; a surface that cannot attach says in the text that there was something.</summary>
    public IReadOnlyList<ReplyAttachment> Attachments { get; init; } = [];
}

/// <summary>A file that goes with a reply or an answer.</summary>
/// <param name="Name">A file name without a path: <c>error-rate.svg</c>, <c>answer.txt</c>.</param>
/// <param name="MediaType"><c>image/svg+xml</c>, <c>image/png</c>, <c>text/plain</c>.</param>
/// <param name="Title">What it shows, in words, for whoever does not see it.</param>
public sealed record ReplyAttachment(string Name, string MediaType, byte[] Bytes, PlainText Title);

/// <summary>An answer to something that was said or pressed.</summary>
/// <param name="DeliveryId">Names this answer for ever.</param>
/// <param name="Place">Where it was asked; the answer goes there, into the thread where there is one.</param>
/// <param name="Text">One or several lines, perhaps longer than one message of the surface holds: it is split or attached there, never cut.</param>
/// <param name="OnlyAsker">Nobody but the asker should see it, where the surface can do that.</param>
/// <param name="AskerId">The surface's id of who asked.</param>
/// <param name="ReplyHandle">As <see cref="Contracts.Events.ChatReceived.ReplyHandle"/>; may have run out.</param>
public sealed record AnswerDelivery(
    string DeliveryId, ChatPlace Place, PlainText Text, bool OnlyAsker, string AskerId, string? ReplyHandle)
{
    /// <summary>Proposals to decide by buttons below the answer.</summary>
    public IReadOnlyList<ProposedDecision> Decisions { get; init; } = [];

    /// <summary>What is missing before the command can be done; null where nothing is.</summary>
    public AnswerForm? Form { get; init; }

    public IReadOnlyList<ReplyAttachment> Attachments { get; init; } = [];
}

/// <summary>
/// Fields to fill in. Sent, it comes back as <see cref="Contracts.Events.ChatWay.Form"/> with <paramref name="Command"/> as the text and a choice
/// <c>run</c> whose values are the fields by name. A surface without forms leaves it out: the text says the same.
/// </summary>
/// <param name="Command">The command so far: <c>run restart service=checkout</c>.</param>
public sealed record AnswerForm(PlainText Title, string Command, IReadOnlyList<AnswerField> Fields);

/// <summary>One field of a form.</summary>
/// <param name="Name">Lower-case letters, digits, <c>_</c>, <c>-</c>.</param>
/// <param name="Help">What belongs there.</param>
/// <param name="Value">What stands there at first; null for nothing.</param>
/// <param name="Choices">The only values; empty where any text will do.</param>
public sealed record AnswerField(string Name, PlainText Help, bool Required, string? Value, IReadOnlyList<string> Choices);

/// <summary>A delivery that may have been posted before the program or the connection ended.</summary>
/// <param name="Kind"><c>thread</c>, <c>reply</c> or <c>answer</c>. An edit is simply repeated.</param>
/// <param name="ThreadReference">The thread that it was to go to; null for a thread and for most answers.</param>
/// <param name="SentAt">When it was last tried; look from a little before.</param>
public sealed record UncertainDelivery(
    string DeliveryId, string Kind, ChatPlace Place, string? ThreadReference, DateTimeOffset SentAt);

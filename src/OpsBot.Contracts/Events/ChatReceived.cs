using System.Text;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Threads;

namespace OpsBot.Contracts.Events;

/// <summary>How somebody spoke.</summary>
public enum ChatWay
{
    /// <summary>A slash command.</summary>
    Command,

    /// <summary>The bot was named in a channel or thread.</summary>
    Mention,

    /// <summary>A conversation of the bot with one person.</summary>
    Direct,

    /// <summary>A button below a card or an answer.</summary>
    Button,

    /// <summary>A form that was filled in and sent.</summary>
    Form,

    /// <summary>A message in a channel that is watched as a source; nobody asked the bot anything.</summary>
    ChannelPost,
}

/// <summary>Something that was said to the bot or pressed, normalised and verified by its surface. What it says is data and never an instruction beyond its command.</summary>
/// <param name="Surface"><c>slack</c>, <c>teams</c>, <c>web</c>.</param>
/// <param name="EventId">The surface's id of the delivery; with the surface it names this event for ever.</param>
/// <param name="Text">The words without the mention of the bot; of a button its label, of a form the command that it completes.</param>
/// <param name="Choice">What was pressed or filled in; null where there were only words.</param>
/// <param name="ReplyHandle">
/// The surface's own handle for an answer that only the asker sees. It may be a capability (Slack's <c>response_url</c>): never shown, never logged.
/// </param>
/// <param name="At">When it was said, by the surface's clock.</param>
public sealed record ChatReceived(
    string Surface, string EventId, ChatWay Way, ChatSpeaker Speaker, ChatPlace Place, string Text, ChatChoice? Choice, string? ReplyHandle,
    DateTimeOffset At) : IMessage
{
    public static string Kind => "chat.received";

    /// <summary>The stream of its row: what one person says in one place is answered in order.</summary>
    public string Stream => $"chat/{Surface}/{Place.Channel}/{Place.Thread ?? Speaker.UserId}";

    private bool PrintMembers(StringBuilder text)
    {
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"Surface = {Surface}, EventId = {EventId}, Way = {Way}, Place = {Place}");
        return true;
    }
}

/// <summary>Who spoke, as the surface says. Only the id is proof of anything; who it is among the configured people is decided by the configuration.</summary>
/// <param name="TenantOrTeam">Slack's team or the tenant of Entra.</param>
/// <param name="Email">As the surface's own directory has it; null where it was not asked or does not tell.</param>
/// <param name="IsBot">A program; it gets no answers.</param>
public sealed record ChatSpeaker(string UserId, string? TenantOrTeam = null, string? Name = null, string? Email = null, bool IsBot = false);

/// <summary>A button that was pressed, or a form that was sent.</summary>
/// <param name="Action"><c>approve</c>, <c>refuse</c>, <c>run</c>.</param>
/// <param name="ProposalId">What is decided; 0 for a form.</param>
/// <param name="Version">The version that the person saw; 0 for a form.</param>
/// <param name="Values">The fields of a form by name; of a refusal perhaps <c>reason</c>.</param>
public sealed record ChatChoice(string Action, long ProposalId, int Version, IReadOnlyDictionary<string, string> Values);

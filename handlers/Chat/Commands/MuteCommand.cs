using OpsBot.Chat.Cards;
using OpsBot.Chat.Commands;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Alerts of a fingerprint open and notify nothing for a while. They are kept, and what still fires at the end is taken up then.</summary>
public sealed class MuteCommand(ReadableMutes mutes, Muting muting) : IChatCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);
    private const int Shown = 20;

    public string Word => "mute";

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken)
    {
        var words = asked.Command.Arguments;
        if (words.Count == 0)
        {
            var all = await mutes.FirstAsync(asked.Asker, Shown, cancellationToken);
            return ChatDeed.Say(all.Count == 0 ? "Nothing is muted. Write for example: mute <fingerprint> 2h noisy since the move" : string.Join('\n', all.Select(Muting.Words)), onlyAsker: true);
        }

        var fingerprint = words[0];
        if (fingerprint.Length > 200 || fingerprint.Any(char.IsControl))
            return ChatDeed.Say("That is no fingerprint: it is longer than any, or has characters that none has.", onlyAsker: true);
        if (words.Count > 1 && words[1].Equals("off", StringComparison.OrdinalIgnoreCase))
            return new ChatDeed(scope => muting.EndAsync(scope, asked.Person, fingerprint));
        if (words.Count < 2 || Durations.Parse(words[1]) is not { } time)
            return ChatDeed.Say($"For how long? Write for example: mute {fingerprint} 2h, or 45m, 1d; 'mute {fingerprint} off' ends it.", onlyAsker: true);
        if (time > Longest)
            return ChatDeed.Say("At most 30 days: what is to be silent for longer is better changed where it is sent.", onlyAsker: true);
        var reason = string.Join(' ', words.Skip(2)) is { Length: > 0 } why ? PlainText.Line(why, 200).Value : null;
        return new ChatDeed(scope => muting.SetAsync(scope, asked.Person, fingerprint, time, reason)) { ActedOn = asked.IncidentId };
    }
}

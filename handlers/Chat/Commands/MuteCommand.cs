using System.Globalization;
using OpsBot.Actions.Audit;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Commands;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Mutes;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Alerts of a fingerprint open and notify nothing for a while. They are kept, and what still fires at the end is taken up then.</summary>
public sealed class MuteCommand(MuteReader mutes, IAuditTrail audit, StoreClock clock) : IChatCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);
    private const int Shown = 20;

    public string Word => "mute";

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken)
    {
        var words = asked.Command.Arguments;
        if (words.Count == 0)
        {
            var all = await mutes.ListAsync(clock.GetUtcNow(), Shown, cancellationToken);
            return ChatDeed.Say(all.Count == 0 ? "Nothing is muted. Write for example: mute <fingerprint> 2h noisy since the move" : string.Join('\n', all.Select(Words)), onlyAsker: true);
        }

        var fingerprint = words[0];
        if (fingerprint.Length > 200 || fingerprint.Any(char.IsControl))
            return ChatDeed.Say("That is no fingerprint: it is longer than any, or has characters that none has.", onlyAsker: true);
        if (words.Count > 1 && words[1].Equals("off", StringComparison.OrdinalIgnoreCase))
            return new ChatDeed(scope => EndAsync(scope, asked.Person, fingerprint));
        if (words.Count < 2 || Durations.Parse(words[1]) is not { } time)
            return ChatDeed.Say($"For how long? Write for example: mute {fingerprint} 2h, or 45m, 1d; 'mute {fingerprint} off' ends it.", onlyAsker: true);
        if (time > Longest)
            return ChatDeed.Say("At most 30 days: what is to be silent for longer is better changed where it is sent.", onlyAsker: true);
        var reason = string.Join(' ', words.Skip(2)) is { Length: > 0 } why ? PlainText.Line(why, 200).Value : null;
        return new ChatDeed(scope => SetAsync(scope, asked.Person, fingerprint, time, reason)) { ActedOn = asked.IncidentId };
    }

    /// <summary>One line about a mute.</summary>
    internal static string Words(Mute mute) => string.Create(
        CultureInfo.InvariantCulture,
        $"Muted until {Wording.Utc(mute.Until)} by {mute.Person}: {mute.Fingerprint}{(mute.Reason is { } why ? $" ({why})" : "")}{(mute.Held > 0 ? $"; {Wording.Count(mute.Held, "alert")} held back" : "")}");

    private async Task<Said> SetAsync(EffectScope scope, Person person, string fingerprint, TimeSpan time, string? reason)
    {
        var mute = new Mute(fingerprint, scope.Now + time, scope.Now, person.Id, reason);
        await MuteTable.SetAsync(scope.Transaction, mute);
        scope.Follow(NewMessage.Of(new EndMute(fingerprint), MuteDesk.Stream(fingerprint), time));
        await NoteAsync(scope, "muted", person, fingerprint, ("until", Wording.Utc(mute.Until)), ("reason", reason ?? ""));
        return new Said($"{Words(mute)}. Its alerts are kept and open nothing; what still fires then is taken up.");
    }

    private async Task<Said> EndAsync(EffectScope scope, Person person, string fingerprint)
    {
        if (await MuteTable.UntilAsync(scope.Transaction, fingerprint) is null)
            return new Said($"'{fingerprint}' is not muted.", OnlyAsker: true);
        var taken = await MuteDesk.EndAsync(fingerprint, scope);
        await NoteAsync(scope, "unmuted", person, fingerprint, ("taken up", taken.ToString(CultureInfo.InvariantCulture)));
        return new Said($"{fingerprint} is heard again{(taken > 0 ? $"; {Wording.Count(taken, "alert")} that still fires is taken up now" : "")}.");
    }

    private Task NoteAsync(EffectScope scope, string kind, Person person, string fingerprint, params (string Name, string Value)[] details) => audit.AppendAsync(
        scope.Transaction, new AuditEntry(kind, person.Id, PlainText.Line($"alert {fingerprint}", 200).Value, details.ToDictionary(each => each.Name, each => each.Value)), scope.Now);
}

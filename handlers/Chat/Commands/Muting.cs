using System.Globalization;
using OpsBot.Actions.Audit;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Messages;
using OpsBot.Incidents.Desk;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Mutes;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Sets and ends mutes for a person, by words or from a page, and writes it to the audit. All in the caller's transaction.</summary>
public sealed class Muting(IAuditTrail audit)
{
    public async Task<Said> SetAsync(EffectScope scope, Person person, string fingerprint, TimeSpan time, string? reason)
    {
        var mute = new Mute(fingerprint, scope.Now + time, scope.Now, person.Id, reason);
        await MuteTable.SetAsync(scope.Transaction, mute);
        scope.Follow(NewMessage.Of(new EndMute(fingerprint), MuteDesk.Stream(fingerprint), time));
        await NoteAsync(scope, "muted", person, fingerprint, ("until", Wording.Utc(mute.Until)), ("reason", reason ?? ""));
        return new Said($"{Words(mute)}. Its alerts are kept and open nothing; what still fires then is taken up.");
    }

    public async Task<Said> EndAsync(EffectScope scope, Person person, string fingerprint)
    {
        if (await MuteTable.UntilAsync(scope.Transaction, fingerprint) is null)
            return new Said($"'{fingerprint}' is not muted.", OnlyAsker: true);
        var taken = await MuteDesk.EndAsync(fingerprint, scope);
        await NoteAsync(scope, "unmuted", person, fingerprint, ("taken up", taken.ToString(CultureInfo.InvariantCulture)));
        return new Said($"{fingerprint} is heard again{(taken > 0 ? $"; {Wording.Count(taken, "alert")} that still fires is taken up now" : "")}.");
    }

    /// <summary>One line about a mute.</summary>
    internal static string Words(Mute mute) => string.Create(
        CultureInfo.InvariantCulture,
        $"Muted until {Wording.Utc(mute.Until)} by {mute.Person}: {mute.Fingerprint}{(mute.Reason is { } why ? $" ({why})" : "")}{(mute.Held > 0 ? $"; {Wording.Count(mute.Held, "alert")} held back" : "")}");

    private Task NoteAsync(EffectScope scope, string kind, Person person, string fingerprint, params (string Name, string Value)[] details) => audit.AppendAsync(
        scope.Transaction, new AuditEntry(kind, person.Id, PlainText.Line($"alert {fingerprint}", 200).Value, details.ToDictionary(each => each.Name, each => each.Value)), scope.Now);
}

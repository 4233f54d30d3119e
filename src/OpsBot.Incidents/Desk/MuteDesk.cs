using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Mutes;

namespace OpsBot.Incidents.Desk;

/// <summary>Ends mutes, and takes up what they held back. All in the caller's transaction.</summary>
public static class MuteDesk
{
    /// <summary>The stream of what happens to mutes of a fingerprint.</summary>
    public static string Stream(string fingerprint) => $"mute/{fingerprint}";

    /// <summary>What a mute goes by.</summary>
    internal static string FingerprintOf(AlertReported alert) => alert.Fingerprint.Length > 0 ? alert.Fingerprint : alert.IncidentKey;

    /// <summary>A mute's timer fell due. Where it was moved meanwhile, so is the timer.</summary>
    public static async Task DueAsync(string fingerprint, EffectScope scope)
    {
        if (await MuteTable.UntilAsync(scope.Transaction, fingerprint) is not { } until)
            return;
        // To the millisecond: that is what the store keeps, and what a timer waits for.
        if (until - scope.Now > TimeSpan.FromMilliseconds(1))
            scope.Follow(NewMessage.Of(new EndMute(fingerprint), Stream(fingerprint), until - scope.Now));
        else
            await EndAsync(fingerprint, scope);
    }

    /// <summary>Ends a mute now. Returns how many alerts are taken up.</summary>
    public static async Task<int> EndAsync(string fingerprint, EffectScope scope)
    {
        var held = await MuteTable.EndAsync(scope.Transaction, fingerprint);
        foreach (var alert in held)
            scope.Follow(new NewMessage(AlertReported.Kind, $"{alert.Source}/{alert.IncidentKey}", alert.Body, alert.Source, TimeSpan.Zero, Coalesce: false));
        return held.Count;
    }

    /// <summary>Keeps a muted alert until the mute ends; one that is over is kept no longer.</summary>
    internal static Task KeepAsync(AlertReported alert, EffectScope scope) => alert.Status == AlertStatus.Resolved
        ? MuteTable.DropAsync(scope.Transaction, alert.Source, alert.IncidentKey)
        : MuteTable.HoldAsync(
            scope.Transaction, new MutedAlert(alert.Source, alert.IncidentKey, JsonSerializer.Serialize(alert, OpsBotJson.Options)), FingerprintOf(alert), scope.Now);
}

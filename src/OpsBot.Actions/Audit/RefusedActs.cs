using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpsBot.Actions.Approvals;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Audit;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Audit;

/// <summary>
/// Puts on record what people tried and were refused, without letting anybody fill the audit by trying again and again: the first of each stands in it at once, and
/// an hour later how often the same came again. Of the many different ones that somebody tries within an hour, the first so many stand in it each, the rest as a number.
/// </summary>
public sealed class RefusedActs(IAuditTrail audit)
{
    public const string First = "denied";
    public const string Again = "denied-again";

    /// <summary>Different acts of one actor within a window.</summary>
    public const int Most = 50;

    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private const string Others = "others";
    private const int LongestReason = 500;

    /// <summary>So that the window is over when the timer falls due, whatever is rounded where.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    /// <param name="entry">As it stands in the audit where it is the first of its kind; its details say the <c>reason</c>.</param>
    public async Task NoteAsync(EffectScope scope, AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        await SumUpAsync(scope, entry.Actor);
        var reason = OneLine.Of(entry.Details.GetValueOrDefault("reason"), LongestReason);
        var act = new RefusedAct(entry.Actor, Digest(entry.Subject, reason), entry.Subject, reason, scope.Now, scope.Now);
        if (await CountAsync(scope, act.Actor, act.Digest))
            return;
        if (await RefusedActTable.CountAsync(scope.Transaction, act.Actor) < Most)
        {
            await RefusedActTable.AddAsync(scope.Transaction, act);
            await audit.AppendAsync(scope.Transaction, entry, scope.Now);
        }
        else if (!await CountAsync(scope, act.Actor, Others))
        {
            await RefusedActTable.AddAsync(
                scope.Transaction, act with { Digest = Others, Subject = Others, Reason = $"different acts beyond the {Most} that are kept one by one" });
            await CountAsync(scope, act.Actor, Others);
        }
    }

    /// <summary>Writes down how often each of an actor's acts came again whose window is over.</summary>
    public async Task SumUpAsync(EffectScope scope, string actor)
    {
        foreach (var act in await RefusedActTable.TakeAsync(scope.Transaction, actor, scope.Now - Window))
        {
            if (act.More > 0)
                await audit.AppendAsync(scope.Transaction, new AuditEntry(Again, act.Actor, act.Subject, Details(act)), scope.Now);
        }
    }

    private static Dictionary<string, string> Details(RefusedAct act) => new()
    {
        ["reason"] = act.Reason,
        ["times"] = act.More.ToString(CultureInfo.InvariantCulture),
        ["from"] = Time(act.FirstAt),
        ["to"] = Time(act.LastAt),
    };

    /// <summary>False where it is the first of its kind.</summary>
    private static async Task<bool> CountAsync(EffectScope scope, string actor, string digest)
    {
        if (await RefusedActTable.AgainAsync(scope.Transaction, actor, digest, scope.Now) is not { } act)
            return false;
        if (act.More == 1)
            scope.Follow(NewMessage.Of(new SumUpRefusedActs(actor), Streams.RefusedActs(actor), act.FirstAt + Window + Margin - scope.Now));
        return true;
    }

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Digest(string subject, string reason) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{subject}\n{reason}")));
}

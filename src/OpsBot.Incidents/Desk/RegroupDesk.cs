using OpsBot.Contracts.Incidents;
using OpsBot.Incidents.Flow;
using OpsBot.Incidents.Timeline;
using OpsBot.Storage.Incidents;
using OpsBot.Storage.Messages;

namespace OpsBot.Incidents.Desk;

/// <summary>What became of a regrouping.</summary>
/// <param name="Refused">Why nothing was moved, in a sentence; null where something was.</param>
/// <param name="Into">The incident that has the alerts now.</param>
/// <param name="Alerts">Their titles, in short.</param>
public sealed record Regrouped(string? Refused, long Into, string Alerts);

/// <summary>Puts right what correlation got wrong: a person splits an incident or merges two. All in the caller's transaction.</summary>
public sealed class RegroupDesk(IncidentDesk desk)
{
    /// <summary>Takes alerts out of an incident into one of their own.</summary>
    /// <param name="which">Fingerprints, senders' keys or titles; one is enough.</param>
    /// <param name="by">The person as shown.</param>
    public async Task<Regrouped> SplitAsync(long from, IReadOnlyList<string> which, string by, EffectScope scope)
    {
        if (await IncidentTable.FindAsync(scope.Transaction, from) is not { } known)
            return No($"There is no incident {Names.Incident(from)}.");
        var all = await AlertMoves.AlertsOfAsync(scope.Transaction, from);
        var (moved, kept) = (all.Where(Named).ToList(), all.Where(alert => !Named(alert)).ToList());
        if (moved.Count == 0)
            return No($"{known.Incident.Name} has no alert of that fingerprint, key or title.");
        if (kept.Count == 0)
            return No($"These are all alerts of {known.Incident.Name}: nothing would be left of it.");

        foreach (var alert in moved)
            await AlertMoves.TakeOutAsync(scope.Transaction, from, alert);
        var into = await IncidentTable.ReserveAsync(scope.Transaction, known.Incident.Environment, scope.Now);
        var titles = Titles(moved);
        var opened = await desk.RegroupAsync(
            new AlertsRegrouped(into, scope.Now, by, known.Incident.Environment, moved, $"Split off from {known.Incident.Name}"), scope);
        await BindAsync(opened, moved, "split", $"split off from {known.Incident.Name} by {by}", scope);
        await desk.RegroupAsync(
            new AlertsRegrouped(from, scope.Now, by, known.Incident.Environment, kept, $"{Count(moved)} split off into {opened.Name}"), scope);
        return new Regrouped(null, into, titles);

        bool Named(IncidentAlert alert) => which.Any(word =>
            alert.Fingerprint == word || alert.IncidentKey == word || alert.Title.Equals(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Gives all alerts of an incident to another; the first is over then.</summary>
    /// <param name="by">The person as shown.</param>
    public async Task<Regrouped> MergeAsync(long from, long into, string by, EffectScope scope)
    {
        if (from == into)
            return No($"{Names.Incident(from)} is one incident already.");
        if (await IncidentTable.FindAsync(scope.Transaction, from) is not { } source)
            return No($"There is no incident {Names.Incident(from)}.");
        if (await IncidentTable.FindAsync(scope.Transaction, into) is not { } target)
            return No($"There is no incident {Names.Incident(into)}.");
        if (source.Incident.Environment != target.Incident.Environment)
            return No($"{source.Incident.Name} is of {source.Incident.Environment}, {target.Incident.Name} of {target.Incident.Environment}: they stay apart.");
        if (target.Incident.Status == IncidentStatus.Resolved)
            return No($"{target.Incident.Name} is resolved; merge it into one that is not.");
        var moved = await AlertMoves.AlertsOfAsync(scope.Transaction, from);
        if (moved.Count == 0)
            return No($"{source.Incident.Name} has no alerts: it was merged already.");

        var here = await AlertMoves.AlertsOfAsync(scope.Transaction, into);
        foreach (var alert in moved)
            await AlertMoves.TakeOutAsync(scope.Transaction, from, alert);
        await desk.RegroupAsync(new AlertsRegrouped(from, scope.Now, by, source.Incident.Environment, [], $"Merged into {target.Incident.Name}"), scope);
        // Of an alert that both knew, what its sender said last stays.
        var newest = here.Concat(moved).GroupBy(alert => (alert.Source, alert.IncidentKey)).Select(same => same.MaxBy(alert => (alert.LastAt, alert.Status))!).ToList();
        var merged = await desk.RegroupAsync(
            new AlertsRegrouped(into, scope.Now, by, target.Incident.Environment, newest, $"{Count(moved)} of {source.Incident.Name} taken over"), scope);
        await BindAsync(merged, [.. newest.Where(moved.Contains)], "merge", $"merged from {source.Incident.Name} by {by}", scope);
        return new Regrouped(null, into, Titles(moved));
    }

    private static async Task BindAsync(Incident incident, IReadOnlyList<IncidentAlert> alerts, string reason, string words, EffectScope scope)
    {
        foreach (var alert in alerts)
        {
            await IncidentTable.SaveAlertAsync(scope.Transaction, incident, alert);
            await IncidentTable.AddJoinAsync(
                scope.Transaction, incident.Id, new IncidentJoin(scope.Now, alert.Source, alert.Fingerprint, alert.Title, reason, 1, [words]));
        }
    }

    private static Regrouped No(string why) => new(why, 0, "");

    private static string Count(IReadOnlyCollection<IncidentAlert> alerts) => FormattableString.Invariant($"{alerts.Count} {(alerts.Count == 1 ? "alert" : "alerts")}");

    private static string Titles(IReadOnlyList<IncidentAlert> alerts) =>
        string.Join(", ", alerts.Take(5).Select(alert => PlainText.OneLine(alert.Title, 80))) + (alerts.Count > 5 ? FormattableString.Invariant($" and {alerts.Count - 5} more") : "");
}

using System.Globalization;
using System.Text.Json;
using OpsBot.Actions.Audit;
using OpsBot.Contracts.Actions;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Audit;
using OpsBot.Storage.Engine;

namespace OpsBot.Actions.Approvals;

/// <summary>
/// Holds what the store says of a version against the audit, whose rows only who has its key can write: whoever can write to the store and has no key can
/// neither approve, nor use an approval twice, nor take back a refusal.
/// </summary>
internal sealed class ApprovalProofs(AuditKey key)
{
    /// <summary>The state, with what the audit does not bear out marked.</summary>
    public async Task<ProposalState> HeldAgainstAsync(StoreTransaction transaction, ProposalState state)
    {
        var entries = await EntriesAsync(transaction, ProposalTexts.Subject(state.Proposal));
        var approved = entries.Where(entry => entry.Kind == "approved").Select(entry => (entry.Actor, entry.Detail("hash"))).ToHashSet();
        var live = state.Approvals.Where(approval => approval is { Approved: true, VoidedBecause: null }).ToList();
        var ended = entries.Any(entry => entry.Kind is "voided" or "refused" or "expired");
        var used = entries.Where(entry => entry.Kind == "consumed").Select(entry => entry.Detail("slot"));
        var known = state.Used.Select(slot => slot.Slot.ToString(CultureInfo.InvariantCulture));
        return state with
        {
            Unproven = [.. live.Where(approval => !approved.Contains((approval.Person, approval.Hash))).Select(approval => approval.Person)],
            Intact = state.Intact && !(ended && live.Count > 0) && used.All(slot => known.Contains(slot, StringComparer.Ordinal)),
        };
    }

    private async Task<List<Entry>> EntriesAsync(StoreTransaction transaction, string subject)
    {
        var rows = await AuditTable.OfSubjectAsync(transaction, subject);
        // Without rows there may be no key yet, and this is not the place to make one.
        var secret = rows.Count == 0 ? [] : key.Get(mayCreate: false);
        return [.. rows.Where(each => AuditChain.Same(AuditChain.Mac(secret, each.Row, each.PreviousMac), each.Row.Mac)).Select(each => new Entry(each.Row))];
    }

    private sealed class Entry(AuditRow row)
    {
        private readonly IReadOnlyDictionary<string, string> _details = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Body) ?? [];

        public string Kind => row.Kind;

        public string Actor => row.Actor;

        public string? Detail(string name) => _details.GetValueOrDefault(name);
    }
}

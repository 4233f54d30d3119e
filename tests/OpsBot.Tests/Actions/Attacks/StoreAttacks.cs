using OpsBot.Contracts.Actions;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Attacks;

/// <summary>Somebody writes to the store beside OpsBot.</summary>
internal static class StoreAttacks
{
    private const string Altered = "does not agree with itself: it was changed beside OpsBot";

    public static readonly Attack[] All =
    [
        new("an approval's hash is edited in the store", "approved something else",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                await stage.MeddleAsync($"update approvals set binding = '{new string((char)('a' + (n % 6)), 64)}' where proposal_id = {proposal.Id}");
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("an approval is moved over from another proposal", "approved something else",
            async (stage, n) =>
            {
                var (given, wanted) = (await stage.ApprovedAsync($"given{n}"), await stage.ProposeAsync($"wanted{n}"));
                await stage.MeddleAsync($"update approvals set proposal_id = {wanted.Id} where proposal_id = {given.Id}");
                return await stage.RunAsync(wanted) ?? "";
            }),
        new("an approval is given to the proposer in the store", "so their own approval does not count",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                await stage.MeddleAsync($"update approvals set person = 'ana' where proposal_id = {proposal.Id}");
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("an approval of the bot is written into the store", "OpsBot never approves",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                await stage.MeddleAsync($"update approvals set person = 'opsbot' where proposal_id = {proposal.Id}");
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("an approval from before the proposal is written into the store", "outside the time that it was open",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                await stage.MeddleAsync($"update approvals set at = {1000 + n} where proposal_id = {proposal.Id}");
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("the column says approved", Altered,
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                await stage.MeddleAsync($"update proposals set status = 'approved' where id = {proposal.Id}");
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("column and record say approved", "has 0 of the 1 approval",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                await stage.MeddleAsync(AsApproved(proposal));
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("the record is brought back from expired to approved", Altered,
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                await stage.MeddleAsync($"update proposals set expires_at = expires_at + 3600000 where id = {proposal.Id}");
                stage.Clock.Advance(TimeSpan.FromMinutes(31));
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("the arguments are edited in the store after approval", "what would run is not what was shown",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                await stage.MeddleAsync($"update proposals set state = replace(state, '\"service\":\"s{n}\"', '\"service\":\"victim{n}\"') where id = {proposal.Id}");
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("the quorum is lowered in the store", "its stored record is not what was bound",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}", ActionStage.Wipe);
                await stage.DecideAsync(proposal);
                await stage.MeddleAsync(
                    $"update proposals set status = 'approved', state = replace(replace(state, '\"quorum\":2', '\"quorum\":{n % 2}'), '\"status\":\"open\"', '\"status\":\"approved\"') where id = {proposal.Id}");
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("the action is swapped for another in the store", "was changed in the catalog",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                await stage.MeddleAsync(
                    $"update proposals set action = 'wipe', state = replace(state, '\"action\":\"roll-back\"', '\"action\":\"wipe\"') where id = {proposal.Id}");
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("a whole approval is written into the store", "is not in the audit: it was written into the store beside OpsBot",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                await stage.MeddleAsync(Approvals(proposal, "ben"));
                await stage.MeddleAsync(AsApproved(proposal));
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("an approval is written into the store and into the audit, by somebody without its key", "is not in the audit: it was written into the store beside OpsBot",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                await stage.MeddleAsync(Approvals(proposal, "ben"));
                await stage.MeddleAsync(AsApproved(proposal));
                await stage.MeddleAsync(
                    "insert into audit (seq, at, kind, actor, subject, body, mac) "
                    + $"select max(seq) + 1, max(at), 'approved', 'ben', 'PROP-{proposal.Id} v1', '{{\"hash\":\"{proposal.Binding.Hash}\"}}', "
                    + (n % 2 == 0 ? "max(mac) from audit" : $"'{new string('0', 64)}' from audit"));
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("a refusal is taken out of the store", Altered,
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                await stage.DecideAsync(proposal, "cleo", approve: false);
                await stage.MeddleAsync($"delete from approvals where person = 'cleo' and proposal_id = {proposal.Id}");
                await stage.MeddleAsync($"update approvals set voided_because = null where proposal_id = {proposal.Id}");
                await stage.MeddleAsync(
                    $"update proposals set status = 'approved', state = replace(state, '\"status\":\"refused\"', '\"status\":\"approved\"') where id = {proposal.Id}");
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("a used slot and its run are taken out of the store", Altered,
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                (await stage.RunAsync(proposal)).ShouldBeNull();
                await stage.MeddleAsync($"delete from proposal_slots where proposal_id = {proposal.Id}");
                await stage.MeddleAsync($"delete from action_runs where proposal_id = {proposal.Id}");
                await stage.MeddleAsync(
                    $"update proposals set status = 'approved', state = replace(state, '\"status\":\"done\"', '\"status\":\"approved\"') where id = {proposal.Id}");
                return await stage.RunAsync(proposal) ?? "";
            }) { Legitimate = 1 },
        new("the row of the kill switch is deleted", "Actions are stopped since",
            async (stage, n) =>
            {
                var proposal = n == 0 ? await stage.ApprovedAsync("s0") : null;
                if (proposal is not null)
                    await stage.MeddleAsync("delete from action_switch");
                return await stage.RunAsync(1, 1) ?? "";
            }),
    ];

    private static string Approvals(Proposal proposal, string person) =>
        "insert into approvals (proposal_id, version, person, approved, at, binding) "
        + $"values ({proposal.Id}, 1, '{person}', 1, {proposal.CreatedAt.ToUnixTimeMilliseconds() + 1000}, '{proposal.Binding.Hash}')";

    private static string AsApproved(Proposal proposal) =>
        $"update proposals set status = 'approved', state = replace(state, '\"status\":\"open\"', '\"status\":\"approved\"') where id = {proposal.Id}";
}

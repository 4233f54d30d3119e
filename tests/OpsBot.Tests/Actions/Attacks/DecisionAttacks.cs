using OpsBot.Actions.Approvals;
using OpsBot.Contracts.Actions;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Attacks;

/// <summary>A decision that is missing, late, double, replayed, edited, or about something else.</summary>
internal static class DecisionAttacks
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private static readonly Func<string, string>[] Edits =
    [
        hash => hash.ToUpperInvariant(), hash => hash[..^1], hash => hash + "0", _ => "", hash => $"sha256:{hash}", hash => $" {hash}",
        hash => new string([.. hash.Reverse()]), hash => hash[..63] + (hash[63] == '0' ? '1' : '0'), _ => new string('0', 64), _ => "%", _ => new string('a', 100_000),
    ];

    public static readonly Attack[] All =
    [
        new("a proposal runs that nobody approved", "has 0 of the 1 approval", async (stage, n) => await stage.RunAsync(await stage.ProposeAsync($"s{n}")) ?? ""),
        new("an earlier version is approved after it changed", "was changed after you opened it; this is version 2 now. Look again.",
            async (stage, n) =>
            {
                var (first, _) = await ChangedAsync(stage, n);
                return (await stage.DecideAsync(first)).Text;
            }),
        new("the approval of version 1 is used for version 2", "has 0 of the 1 approval",
            async (stage, n) =>
            {
                var (_, second) = await ChangedAsync(stage, n, approveFirst: true);
                return await stage.RunAsync(second) ?? "";
            }),
        new("version 1 is run after version 2 took its place", "was changed after you opened it",
            async (stage, n) =>
            {
                var (first, _) = await ChangedAsync(stage, n, approveFirst: true);
                // Nothing differs from version 1 any more; it is over all the same.
                File.Delete(stage.In($"state-s{n}"));
                return await stage.RunAsync(first) ?? "";
            }),
        new("a version is approved that does not exist yet", "has no version",
            async (stage, n) =>
            {
                int[] versions = [2, 3, 0, -1, int.MaxValue, int.MinValue, 99, 1000, -2];
                return (await stage.DecideAsync(await stage.ProposeAsync($"s{n}"), version: versions[n])).Text;
            }, Attempts: 9),
        new("the hash of another proposal is approved", "is not what PROP-",
            async (stage, n) =>
            {
                var other = await stage.ProposeAsync($"other{n}");
                return (await stage.DecideAsync(await stage.ProposeAsync($"s{n}"), hash: other.Binding.Hash)).Text;
            }),
        new("an edited hash is approved", "is not what PROP-",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                return (await stage.DecideAsync(proposal, hash: Edits[n](proposal.Binding.Hash))).Text;
            }, Attempts: Edits.Length),
        new("a proposal is approved after its time", "It expired at",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                stage.Clock.Advance(Lifetime + TimeSpan.FromMinutes(n));
                return (await stage.DecideAsync(proposal)).Text;
            }),
        new("its time runs out between the decision and the run", "It expired at",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                stage.Clock.Advance(Lifetime);
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("a proposal is approved that somebody has refused", "was refused: Cleo refused it.",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                await stage.DecideAsync(proposal, "cleo", approve: false);
                return (await stage.DecideAsync(proposal)).Text;
            }),
        new("somebody refuses between the last approval and the run", "was refused",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                await stage.DecideAsync(proposal, "cleo", approve: false);
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("an approver takes their approval back before the run", "was refused",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                await stage.DecideAsync(proposal, "ben", approve: false);
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("a slot is used twice", "was used already; an approval counts once.",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                (await stage.ConsumeAsync(proposal)).ShouldBeNull();
                return await stage.ConsumeAsync(proposal) ?? "";
            }) { Legitimate = 1 },
        new("a slot is asked for that the proposal does not have", "has no slot",
            async (stage, n) =>
            {
                int[] slots = [0, -1, 2, int.MaxValue, int.MinValue, 3, 100, -100, 65_536];
                return await stage.ConsumeAsync(await stage.ApprovedAsync($"s{n}"), slots[n]) ?? "";
            }, Attempts: 9),
        new("a proposal runs that is not there", "There is no PROP-",
            async (stage, n) =>
            {
                long[] ids = [0, -1, long.MaxValue, long.MinValue, 4_000_000_000, 99, -99, 1L << 53, 12];
                return await stage.RunAsync(ids[n], 1) ?? "";
            }, Attempts: 9),
        new("a proposal is approved that is not there", "There is no PROP-",
            async (stage, n) =>
            {
                long[] ids = [0, -1, long.MaxValue, long.MinValue, 4_000_000_000, 99, -99, 1L << 53, 12];
                var answer = await stage.Get<ProposalDesk>().DecideAsync(new DecisionRequest(ids[n], 1, "", "ben", Approve: true), ActionStage.Token);
                return answer.Text;
            }, Attempts: 9),
        new("a late run of a proposal that the timer has ended", "It expired at",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                stage.Clock.Advance(Lifetime);
                await stage.Get<OpsBot.Storage.Messages.Outbox>().CommitAsync(
                    async scope =>
                    {
                        await stage.Get<ProposalDesk>().ExpireAsync(scope, proposal.Id, proposal.Version);
                        return true;
                    },
                    ActionStage.Token);
                return await stage.RunAsync(proposal) ?? "";
            }),
    ];

    /// <summary>A proposal that got a second version because what it is about changed.</summary>
    private static async Task<(Proposal First, Proposal Second)> ChangedAsync(ActionStage stage, int n, bool approveFirst = false)
    {
        var first = approveFirst ? await stage.ApprovedAsync($"s{n}") : await stage.ProposeAsync($"s{n}");
        await File.WriteAllTextAsync(stage.In($"state-s{n}"), """{"version":"5"}""", ActionStage.Token);
        var second = await stage.ProposeAsync($"s{n}");
        (second.Id, second.Version).ShouldBe((first.Id, 2));
        return (first, second);
    }
}

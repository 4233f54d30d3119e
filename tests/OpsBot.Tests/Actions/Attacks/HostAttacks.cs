using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Attacks;

/// <summary>Several hosts at once, and rows that nobody wrote in good faith.</summary>
internal static class HostAttacks
{
    public static readonly Attack[] All =
    [
        new("two hosts consume one approval at the same time", "was used already; an approval counts once.",
            async (stage, n) =>
            {
                var other = stage.Host();
                var proposal = await stage.ApprovedAsync($"s{n}");
                var told = await Task.WhenAll(
                    Enumerable.Range(0, 4).Select(i => Task.Run(() => stage.ConsumeAsync(proposal, host: i % 2 == 0 ? null : other), ActionStage.Token)));
                told.Count(one => one is null).ShouldBe(1);
                return told.First(one => one is not null)!;
            }) { Legitimate = 1 },
        new("one person clicks twice at once, on two hosts, for a quorum of two", "has 1 of the 2 approvals",
            async (stage, n) =>
            {
                var other = stage.Host();
                var proposal = await stage.ProposeAsync($"s{n}", ActionStage.Wipe);
                await Task.WhenAll(
                    Enumerable.Range(0, 4).Select(i => Task.Run(() => stage.DecideAsync(proposal, host: i % 2 == 0 ? null : other), ActionStage.Token)));
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("a refusal on one host races approvals on another", "was refused",
            async (stage, n) =>
            {
                var other = stage.Host();
                var proposal = await stage.ProposeAsync($"s{n}", ActionStage.Wipe);
                await Task.WhenAll(
                    Task.Run(() => stage.DecideAsync(proposal, "ben", host: other), ActionStage.Token),
                    Task.Run(() => stage.DecideAsync(proposal, "dev", host: other), ActionStage.Token),
                    Task.Run(() => stage.DecideAsync(proposal, "cleo", approve: false), ActionStage.Token));
                return await stage.RunAsync(proposal) ?? "";
            }),
        new("a forged row asks for a run that nobody approved", "has 0 of the 1 approval",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                await ForgeAsync(stage, $$"""{"proposalId":{{proposal.Id}},"version":1,"slot":1}""");
                await stage.HandleRunsAsync();
                return await stage.ToldAsync(proposal.Id, 1, 1) ?? "";
            }),
        new("a forged row asks for numbers that are none", "There is no PROP-",
            async (stage, n) =>
            {
                string[] bodies =
                [
                    """{"proposalId":-1,"version":1,"slot":1}""", """{"proposalId":9223372036854775807,"version":1,"slot":1}""",
                    """{"proposalId":0,"version":0,"slot":0}""", """{"proposalId":1,"version":-1,"slot":-1}""", """{"proposalId":1,"version":2147483647,"slot":1}""",
                    """{"proposalId":-9223372036854775808,"version":1,"slot":2147483647}""",
                ];
                await ForgeAsync(stage, bodies[n]);
                await stage.HandleRunsAsync();
                return await stage.ToldAsync(-1, -1, -1) ?? "";
            }, Attempts: 6),
        new("the row that asks for a run is written twice", "was used already; an approval counts once.",
            async (stage, n) =>
            {
                var proposal = await stage.ApprovedAsync($"s{n}");
                await ForgeAsync(stage, $$"""{"proposalId":{{proposal.Id}},"version":1,"slot":1}""");
                await stage.HandleRunsAsync();
                (await stage.ToldAsync(proposal.Id, 1, 1)).ShouldBeNull();
                return await stage.ConsumeAsync(proposal) ?? "";
            }, Attempts: 4) { Legitimate = 1 },
        new("a forged row asks for a later slot", "has no slot",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                await ForgeAsync(stage, $$"""{"proposalId":{{proposal.Id}},"version":1,"slot":{{n + 2}}}""");
                await stage.HandleRunsAsync();
                return await stage.ToldAsync(proposal.Id, 1, n + 2) ?? "";
            }),
        new("a host whose lease has lapsed goes on", "Nothing was committed.",
            async (stage, n) =>
            {
                var proposal = await stage.ProposeAsync($"s{n}");
                await ForgeAsync(stage, $$"""{"proposalId":{{proposal.Id}},"version":1,"slot":1}""");
                var claimed = (await stage.Get<MessageQueue>().ClaimDueAsync(new Dictionary<string, int> { [RunProposal.Kind] = 32 }, ActionStage.Token)).ShouldHaveSingleItem();
                // Claimed and never taken: whoever bears this token holds nothing that lets them write.
                var stale = new JournalRun(claimed.Id, claimed.LeaseToken - 1);
                return (await Should.ThrowAsync<LeaseLostException>(() => stage.Get<IJournal>().AppendAsync(stale, "intended", "", ActionStage.Token))).Message;
            }),
    ];

    private static Task ForgeAsync(ActionStage stage, string body) => stage.MeddleAsync(
        $"insert into messages (kind, stream, body, source, created_at, due_at) values ('{RunProposal.Kind}', 'forged/{Guid.NewGuid():N}', '{body}', 'opsbot', 0, 0)");
}

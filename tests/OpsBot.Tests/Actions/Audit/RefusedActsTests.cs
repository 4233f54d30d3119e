using System.Globalization;
using System.Text.Json;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Audit;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Audit;

/// <summary>What people try in vain stands in the audit, and fills it with nothing.</summary>
public sealed class RefusedActsTests
{
    private const int Clicks = 200;

    [Fact]
    public async Task A_button_that_is_refused_again_and_again_is_one_row_at_once_and_one_with_their_number_an_hour_later()
    {
        await using var stage = new ActionStage();
        var proposal = await stage.ProposeAsync("cart");
        for (var i = 0; i < Clicks; i++)
            (await stage.DecideAsync(proposal, "dev")).Accepted.ShouldBeFalse();

        (await RefusedAsync(stage)).ShouldHaveSingleItem().Body.ShouldContain("needs somebody with the role");

        stage.Clock.Advance(TimeSpan.FromMinutes(20));
        await stage.DecideAsync(proposal, "dev");
        stage.Clock.Advance(TimeSpan.FromMinutes(39));
        await HandleTimersAsync(stage);
        (await RefusedAsync(stage)).Count.ShouldBe(1, "the hour is not over");
        stage.Clock.Advance(TimeSpan.FromMinutes(2));
        await HandleTimersAsync(stage);
        var rows = await RefusedAsync(stage);
        rows.Select(row => (row.Kind, row.Actor, row.Subject)).ShouldBe([("denied", "dev", "PROP-1 v1"), ("denied-again", "dev", "PROP-1 v1")]);
        Detail(rows[1], "times").ShouldBe(Clicks.ToString(CultureInfo.InvariantCulture));
        Detail(rows[1], "reason").ShouldBe(Detail(rows[0], "reason"));
        (await stage.Get<AuditVerifier>().VerifyAsync([], ActionStage.Token)).Holds.ShouldBeTrue();

        await stage.DecideAsync(proposal, "dev");
        (await RefusedAsync(stage)).Count.ShouldBe(3, "what comes after it is a first one again");
    }

    [Fact]
    public async Task The_first_of_each_act_stands_however_often_another_came_before_it()
    {
        await using var stage = new ActionStage();
        var (first, second) = (await stage.ProposeAsync("cart"), await stage.ProposeAsync("till"));
        for (var i = 0; i < Clicks; i++)
            await stage.DecideAsync(first, "dev");

        await stage.DecideAsync(second, "dev");
        await stage.DecideAsync(first, "dev", hash: "another");
        await stage.DecideAsync(first, "eve");

        (await RefusedAsync(stage)).Select(row => (row.Actor, row.Subject)).ShouldBe([("dev", "PROP-1 v1"), ("dev", "PROP-2 v1"), ("dev", "PROP-1 v1"), ("eve", "PROP-1 v1")]);
    }

    [Fact]
    public async Task Of_many_different_ones_the_rest_is_a_number()
    {
        await using var stage = new ActionStage();
        for (var i = 0; i < Clicks; i++)
            await stage.Get<ProposalDesk>().DecideAsync(new DecisionRequest(1_000 + i, 1, "x", "dev", Approve: true), ActionStage.Token);
        (await RefusedAsync(stage)).Count.ShouldBe(RefusedActs.Most);

        stage.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(2));
        await HandleTimersAsync(stage);
        var rows = await RefusedAsync(stage);
        rows.Count.ShouldBe(RefusedActs.Most + 1);
        (rows[^1].Kind, rows[^1].Subject, Detail(rows[^1], "times")).ShouldBe(("denied-again", "others", (Clicks - RefusedActs.Most).ToString(CultureInfo.InvariantCulture)));
        (await stage.CountAsync("select count(*) from refused_acts")).ShouldBe(0);
    }

    private static async Task<List<AuditRow>> RefusedAsync(ActionStage stage) =>
        [.. (await stage.Get<IAuditReader>().PageAsync(0, 10_000, ActionStage.Token)).Where(row => row.Kind.StartsWith("denied", StringComparison.Ordinal))];

    private static string? Detail(AuditRow row, string name) => JsonSerializer.Deserialize<Dictionary<string, string>>(row.Body)!.GetValueOrDefault(name);

    private static async Task HandleTimersAsync(ActionStage stage)
    {
        while (await stage.Get<MessageQueue>().ClaimDueAsync(new Dictionary<string, int> { [SumUpRefusedActs.Kind] = 32 }, ActionStage.Token) is { Count: > 0 } claimed)
        {
            foreach (var message in claimed)
            {
                await stage.Get<MessageHandling>().HandleAsync<SumUpRefusedActs>(
                    message.Id, message.LeaseToken, (timer, _) => Task.FromResult<Effect>(scope => stage.Get<RefusedActs>().SumUpAsync(scope, timer.Actor)), ActionStage.Token);
            }
        }
    }
}

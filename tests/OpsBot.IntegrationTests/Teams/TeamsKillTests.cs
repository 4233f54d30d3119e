using System.Text.RegularExpressions;
using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>The program is killed from outside at every point of posting to Teams, and at random.</summary>
public sealed partial class TeamsKillTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Killed_at_every_point_of_posting_nothing_is_lost_and_nothing_stands_twice_but_what_lost_its_answer()
    {
        LongRun.Require();
        return KillBatches.PlayAsync(() => KilledTeams.StartAsync(Token), ["create/after", "update/before"], output, Token, Check);
    }

    private static void Check(KillRounds play, KilledTeams teams)
    {
        teams.Violations.ShouldBeEmpty();
        // a life that ends before it heard the answer leaves one copy of a message, and the one that counts stands beside it
        foreach (var copies in teams.LeftOver.GroupBy(each => (Life: teams.LifeOf(each), each.Channel, each.Thread, What: What(each))))
        {
            copies.ShouldHaveSingleItem(copies.Key.What);
            teams.Stands.Count(each => (each.Channel, each.Thread, What(each)) == (copies.Key.Channel, copies.Key.Thread, copies.Key.What)).ShouldBe(1, copies.Key.What);
        }
    }

    /// <summary>A card changes between two tries; what it is about does not.</summary>
    private static string What(Standing standing) => standing.Thread is null ? About().Match(standing.Text).Value : standing.Text;

    [GeneratedRegex("n[0-9]+ of the rounds")]
    private static partial Regex About();
}

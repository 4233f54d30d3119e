using OpsBot.Chat.Manners;
using OpsBot.Contracts.Incidents;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Manners;

public class ChatMannersTests
{
    private static readonly Incident Incident = Some.OpenedThread().Incident;

    [Fact]
    public void The_first_route_that_matches_counts_and_the_rest_go_where_all_go()
    {
        var manners = new ChatManners(new ChatOptions
        {
            To = ["slack:CALL", "teams:19:all@thread.tacv2"],
            Routes =
            [
                new ChatRouteOptions { Services = ["ledger*"], To = ["slack:CLEDGER"] },
                new ChatRouteOptions { Services = ["pay*"], Severities = [SeverityLevel.Critical], Environments = ["PROD"], To = ["slack:CPAY"] },
                new ChatRouteOptions { Severities = [SeverityLevel.Info], To = [] },
            ],
        });

        manners.PlaceOf(Incident, "slack")!.Channel.ShouldBe("CPAY", "one of its services is payments");
        manners.PlaceOf(Incident, "teams").ShouldBeNull("the route names no channel there");
        manners.PlaceOf(Incident with { Environment = "staging" }, "slack")!.Channel.ShouldBe("CALL");
        manners.PlaceOf(Incident with { Environment = "staging" }, "teams")!.Channel.ShouldBe("19:all@thread.tacv2");
        manners.PlaceOf(Incident with { Severity = SeverityLevel.Info }, "slack").ShouldBeNull("a route to nowhere is one");
    }

    [Theory]
    [InlineData("2026-11-22T21:30:00Z", SeverityLevel.Medium, true)]
    [InlineData("2026-11-22T05:59:59Z", SeverityLevel.Low, true)]
    [InlineData("2026-11-22T06:00:00Z", SeverityLevel.Low, false)]
    [InlineData("2026-11-22T20:59:59Z", SeverityLevel.Low, false)]
    [InlineData("2026-11-22T23:00:00Z", SeverityLevel.High, false)]
    [InlineData("2026-11-22T23:00:00Z", SeverityLevel.Critical, false)]
    [InlineData("2026-11-22T23:00:00Z", SeverityLevel.Unknown, false)]
    public void Quiet_hours_go_by_the_clock_on_their_wall_and_spare_what_is_grave_or_unknown(string now, SeverityLevel severity, bool quiet) =>
        new ChatManners(new ChatOptions { QuietHours = [new QuietHoursOptions { From = "22:00", To = "07:00", TimeZone = "Europe/Berlin" }] })
            .IsQuiet(Incident with { Severity = severity }, DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(quiet);

    [Theory]
    [InlineData("C024BE91L", "is no channel")]
    [InlineData("irc:ops", "is no channel")]
    [InlineData("slack:", "is no channel")]
    public void What_is_no_channel_is_said_at_the_start(string to, string problem) =>
        new ChatOptionsValidator().Validate(null, new ChatOptions { To = [to] }).FailureMessage!.ShouldContain(problem);

    [Fact]
    public void Other_manners_that_could_not_be_kept_are_said_too()
    {
        string Problem(ChatOptions options) => new ChatOptionsValidator().Validate(null, options).FailureMessage!;
        Problem(new ChatOptions { Routes = [new ChatRouteOptions { To = ["slack:A", "slack:B"] }] }).ShouldContain("chat.routes[0].to[1]: 'slack' stands twice");
        Problem(new ChatOptions { QuietHours = [new QuietHoursOptions { From = "ten", To = "07:00" }] }).ShouldContain("chat.quietHours[0].from: 'ten'");
        Problem(new ChatOptions { QuietHours = [new QuietHoursOptions { From = "7:00", To = "07:00" }] }).ShouldContain("never end");
        Problem(new ChatOptions { QuietHours = [new QuietHoursOptions { From = "7:00", To = "08:00", TimeZone = "Moon/Base" }] }).ShouldContain("Moon/Base");
    }
}

using System.Globalization;
using OpsBot.Actions.Policy;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Policy;

public sealed class FreezeWindowTests
{
    [Theory]
    [InlineData("2026-11-27T14:59:59Z", false)]
    [InlineData("2026-11-27T15:00:00Z", true)]
    [InlineData("2026-11-28T12:00:00Z", true)]
    [InlineData("2026-11-30T06:59:59.999Z", true)]
    [InlineData("2026-11-30T07:00:00Z", false)]
    [InlineData("2026-06-26T14:00:00Z", true)]
    public void A_weekly_freeze_holds_from_its_start_in_its_zone_for_its_duration(string now, bool frozen) =>
        Holds(new() { Cron = "0 0 16 ? * FRI", Duration = TimeSpan.FromHours(64), TimeZone = "Europe/Berlin" }, now).ShouldBe(frozen);

    [Theory]
    [InlineData("2026-12-19T22:59:59Z", false)]
    [InlineData("2026-12-19T23:00:00Z", true)]
    [InlineData("2027-01-03T22:59:59.5Z", true)]
    [InlineData("2027-01-03T23:00:00Z", false)]
    public void A_freeze_of_days_holds_by_the_days_of_its_zone(string now, bool frozen) =>
        Holds(new() { From = "2026-12-20", To = "2027-01-04", TimeZone = "Europe/Berlin" }, now).ShouldBe(frozen);

    [Theory]
    [InlineData("2026-03-29T01:29:00Z", false)]
    [InlineData("2026-03-29T01:45:00Z", true)]
    [InlineData("2026-03-29T02:30:00Z", false)]
    [InlineData("2026-10-25T00:29:00Z", false)]
    [InlineData("2026-10-25T00:45:00Z", true)]
    [InlineData("2026-10-25T01:45:00Z", true)]
    [InlineData("2026-10-25T02:30:00Z", false)]
    public void A_nightly_freeze_is_not_lost_where_the_clock_changes(string now, bool frozen) =>
        Holds(new() { Cron = "0 30 2 * * ?", Duration = TimeSpan.FromHours(1), TimeZone = "Europe/Berlin" }, now).ShouldBe(frozen);

    [Fact]
    public void Overlapping_starts_hold_until_the_last_of_them_ends() =>
        new FreezeWindow(new() { Cron = "0 0 * * * ?", Duration = TimeSpan.FromHours(3) }).EndAt(Time("2026-11-27T12:30:00Z")).ShouldBe(Time("2026-11-27T15:00:00Z"));

    [Fact]
    public void A_start_each_second_takes_no_time_to_judge() =>
        Holds(new() { Cron = "* * * * * ?", Duration = TimeSpan.FromDays(60) }, "2026-11-27T12:30:00Z").ShouldBeTrue();

    [Theory]
    [InlineData("{from: 2026-12-20, reason: x}", "freezes[0].from: needs from and to, or cron and duration")]
    [InlineData("{from: 2026-12-20, to: 2026-12-20, reason: x}", "freezes[0].to: '2026-12-20' is not after from")]
    [InlineData("{from: christmas, to: 2026-12-20, reason: x}", "freezes[0].from: 'christmas' is no time")]
    [InlineData("{cron: \"0 0 16 * * FRI\", duration: 1h, reason: x}", "freezes[0].cron: '0 0 16 * * FRI' is no expression")]
    [InlineData("{cron: \"0 16 * * 5\", duration: 1h, reason: x}", "freezes[0].cron: ")]
    [InlineData("{cron: \"0 0 16 ? * FRI\", reason: x}", "freezes[0].cron: goes with duration")]
    [InlineData("{cron: \"0 0 16 ? * FRI\", duration: 1h, timeZone: Mars/Olympus, reason: x}", "freezes[0].timeZone: 'Mars/Olympus' is no time zone")]
    [InlineData("{from: 2026-12-20, to: 2026-12-21}", "freezes[0].reason: ")]
    public void A_freeze_that_cannot_be_told_is_named_with_its_line(string freeze, string expected) =>
        ActionsConfiguration.Problems($"policy:\n  freezes:\n    - {freeze}\n").ShouldHaveSingleItem().ShouldContain($"opsbot.yaml:3: policy.{expected}");

    private static bool Holds(FreezeOptions options, string now) => new FreezeWindow(options).EndAt(Time(now)) is not null;

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

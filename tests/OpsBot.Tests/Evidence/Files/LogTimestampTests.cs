using FsCheck;
using FsCheck.Fluent;
using OpsBot.Evidence.Files;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Files;

public sealed class LogTimestampTests
{
    private static readonly LogTimestamp Utc = new(TimeSpan.Zero, Some.LogStart.AddHours(1));

    [Theory]
    [InlineData("2026-03-01T10:00:00Z hello")]
    [InlineData("2026-03-01T10:00:00.000000000Z stdout F hello")]
    [InlineData("2026-03-01 12:00:00,000+02:00 hello")]
    [InlineData("2026-03-01 10:00:00 [main] INFO x - hello")]
    [InlineData("[2026-03-01 10:00:00.000] hello")]
    [InlineData("2026/03/01 10:00:00 [error] 7#7: *1 open() failed")]
    [InlineData("10.0.0.1 - - [01/Mar/2026:05:00:00 -0500] \"GET / HTTP/1.1\" 200 5")]
    [InlineData("Mar  1 10:00:00 host proc[1]: hello")]
    [InlineData("<34>Mar  1 10:00:00 host hello")]
    [InlineData("<34>1 2026-03-01T10:00:00Z host app - - hello")]
    [InlineData("[Sun Mar 01 10:00:00 2026] [notice] hello")]
    [InlineData("[Sun Mar 01 10:00:00.000123 2026] [core:notice] hello")]
    [InlineData("I0301 10:00:00.000123   1 file.go:12] hello")]
    [InlineData("1772359200 hello")]
    [InlineData("1772359200000 hello")]
    [InlineData("1772359200.000 hello")]
    [InlineData("time=\"2026-03-01T10:00:00Z\" level=info msg=hello")]
    [InlineData("ts=1772359200.0 caller=main.go level=info")]
    [InlineData("INFO 2026-03-01 10:00:00 hello")]
    [InlineData("2026-03-01_10:00:00 hello")]
    public void A_time_is_read_in_every_common_form(string line)
    {
        Utc.TryFind(line, out var ms, out var start, out var end).ShouldBeTrue();
        ms.ShouldBe(Some.LogStart.ToUnixTimeMilliseconds());
        end.ShouldBeGreaterThan(start);
    }

    [Theory]
    [InlineData("hello 17 of 20")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("2026-02-30T10:00:00Z")]
    [InlineData("order 1772359200 shipped")]
    [InlineData("version 10.20.30 of 2026-03-01")]
    [InlineData("")]
    public void What_is_no_time_is_none(string line) => Utc.TryFind(line, out _, out _, out _).ShouldBeFalse();

    [Fact]
    public void A_year_that_is_not_written_is_the_nearest()
    {
        var newYear = new LogTimestamp(TimeSpan.Zero, new DateTimeOffset(2026, 1, 1, 0, 10, 0, TimeSpan.Zero));
        newYear.TryFind("Dec 31 23:50:00 host x", out var ms, out _, out _).ShouldBeTrue();
        DateTimeOffset.FromUnixTimeMilliseconds(ms).Year.ShouldBe(2025);
    }

    [Fact]
    public void The_offset_of_the_options_applies_to_times_without_one()
    {
        var berlin = new LogTimestamp(TimeSpan.FromHours(1), Some.LogStart);
        berlin.TryFind("2026-03-01 11:00:00 x", out var ms, out _, out _).ShouldBeTrue();
        ms.ShouldBe(Some.LogStart.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void No_text_makes_it_fail()
    {
        var pieces = new[] { "2026", "-", "03", "01", "T", "10", ":", "00", ".", "Z", "+", "Mar", " ", "Sun", "I", "1772359200", "/", ",", "[", "29", "Feb", "é" };
        Prop.ForAll(Gen.Elements(pieces).ListOf().Select(p => string.Concat(p)).ToArbitrary(), text =>
        {
            var found = Utc.TryFind(text, out _, out var start, out var end);
            return !found || (start >= 0 && start < end && end <= text.Length);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }
}

using OpsBot.Contracts;
using OpsBot.Ingress.Reading;

namespace OpsBot.Tests.Ingress.Reading;

public sealed class IsoTimeTests
{
    [Theory]
    [InlineData("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z")]
    [InlineData("2026-03-01T10:00:00z", "2026-03-01T10:00:00Z")]
    [InlineData("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00Z")]
    [InlineData("2026-03-01T10:00:00.123456789Z", "2026-03-01T10:00:00.1234567Z")]
    [InlineData("2026-03-01T05:00:00.5-05:00", "2026-03-01T10:00:00.5Z")]
    [InlineData("2026-03-01T10:00:00", "2026-03-01T10:00:00Z")]
    [InlineData("2026-03-01T10:00:00.250+0000", "2026-03-01T10:00:00.25Z")]
    [InlineData("2026-03-01T05:00:00-0500", "2026-03-01T10:00:00Z")]
    [InlineData("2026-03-01 10:00:00", "2026-03-01T10:00:00Z")]
    [InlineData("2026-03-01 10:00:00 UTC", "2026-03-01T10:00:00Z")]
    [InlineData("2026-03-01", "2026-03-01T00:00:00Z")]
    public void A_time_is_read_as_UTC(string text, string expected)
    {
        IsoTime.TryParse(text, out var time).ShouldBeTrue();
        OpsBotJson.Format(time).ShouldBe(expected);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("10:00")]
    [InlineData("5/6/2026 10:00")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("2026-03-01T25:00:00Z")]
    [InlineData("2026-03-01T10:00:00Z\"")]
    [InlineData("9999-12-31T23:59:59-23:59")]
    [InlineData("1772359200")]
    [InlineData("2026-03-01T10:00:00+9999")]
    [InlineData("2026-03-01 10:00:00 CET")]
    [InlineData("2026-03-01  UTC UTC UTC")]
    [InlineData("2026-03-01T10:00:00\\u005a")]
    public void What_is_no_time_is_refused(string text) => IsoTime.TryParse(text, out _).ShouldBeFalse();
}

using OpsBot.Signals.Traces;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Signals.Traces;

public class TraceShiftTests
{
    private static readonly TracePeriods Periods = new(
        null, Some.Window.From.ToUnixTimeMilliseconds(), Some.Onset.ToUnixTimeMilliseconds(), Some.Window.To.ToUnixTimeMilliseconds());

    [Fact]
    public void Own_time_leaves_out_children_and_counts_overlapping_ones_once()
    {
        var forest = SpanForest.Of(
        [
            Some.Span("t", "a", null, "shop", "GET", 100, 1),
            Some.Span("t", "b", "a", "cart", "read", 30, 1),
            Some.Span("t", "c", "a", "cart", "read", 30, 1),
        ]);
        forest.SelfMs(0).ShouldBe(70);
        forest.SelfMs(1).ShouldBe(30);
    }

    [Fact]
    public void A_span_that_names_itself_as_parent_is_a_root()
    {
        var forest = SpanForest.Of([Some.Span("t", "a", "a", "shop", "GET", 5, 1)]);
        forest.Parents[0].ShouldBe(-1);
        forest.SelfMs(0).ShouldBe(5);
    }

    [Fact]
    public void The_callee_that_became_slow_is_blamed_and_not_the_caller_that_waits()
    {
        var spans = Enumerable.Range(0, 60).SelectMany(minute =>
        {
            var slow = minute >= 50 ? 200 : 20;
            return new[]
            {
                Some.Span($"t{minute}", "a", null, "shop", "GET", slow + 10, minute),
                Some.Span($"t{minute}", "b", "a", "shop", "call cart", slow + 5, minute),
                Some.Span($"t{minute}", "c", "b", "cart", "read", slow, minute),
            };
        });
        var shifts = SelfTimeShifts.Find(SpanForest.Of([.. spans]), Periods);
        shifts[0].Service.ShouldBe("cart");
        shifts[0].Share.ShouldBeGreaterThan(0.95);
    }

    [Fact]
    public void Time_lost_between_two_services_is_told_from_their_own()
    {
        var spans = Enumerable.Range(0, 60).SelectMany(minute => new[]
        {
            Some.Span($"t{minute}", "b", null, "shop", "call cart", minute >= 50 ? 300 : 25, minute),
            Some.Span($"t{minute}", "c", "b", "cart", "read", 20, minute),
        });
        var shift = SelfTimeShifts.Find(SpanForest.Of([.. spans]), Periods)[0];
        (shift.Service, shift.Peer).ShouldBe(("shop", "cart"));
    }

    [Fact]
    public void A_call_that_no_longer_follows_is_found_whatever_the_number_of_requests()
    {
        var spans = Enumerable.Range(0, 60).SelectMany(minute => Enumerable.Range(0, minute >= 50 ? 9 : 2).SelectMany(request =>
        {
            var trace = $"t{minute}-{request}";
            SpanSample[] all = [Some.Span(trace, "a", null, "shop", "order", 30, minute), Some.Span(trace, "b", "a", "shop", "ship", 10, minute)];
            return minute >= 50 ? all[..1] : all;
        }));
        var shift = CallPatternShifts.Find(SpanForest.Of([.. spans]), Periods)[0];
        (shift.Service, shift.Operation, shift.Child, shift.Missing).ShouldBe(("shop", "order", "ship", true));
    }

    [Fact]
    public void Failures_are_counted_where_they_begin()
    {
        var spans = Enumerable.Range(0, 60).SelectMany(minute =>
        {
            var status = minute >= 50 ? "ERROR" : "OK";
            return new[]
            {
                Some.Span($"t{minute}", "a", null, "shop", "GET", 30, minute, status),
                Some.Span($"t{minute}", "b", "a", "cart", "read", 10, minute, status),
            };
        });
        var origins = ErrorOrigins.Find(SpanForest.Of([.. spans]), Periods);
        origins.ShouldHaveSingleItem().Service.ShouldBe("cart");
    }

    [Theory]
    [InlineData("ERROR", true)]
    [InlineData("STATUS_CODE_OK", false)]
    [InlineData("503", true)]
    [InlineData("404", false)]
    [InlineData("14", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Status_words_and_numbers_are_read(string? status, bool error) => SpanStatus.IsError(status).ShouldBe(error);
}

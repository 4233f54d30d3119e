using OpsBot.Signals.Curves;

namespace OpsBot.Tests.Signals.Curves;

public class CurveCsvTests
{
    [Fact]
    public void Blank_cells_are_absent_and_nan_and_inf_are_values()
    {
        var points = CurveCsv.Read(["\ufeffstep,time,loss,\"a,b\"", "1,2026-01-05T08:00:00Z,2.5,", "", "2,,nan,-inf"]).ToList();

        points[0].ShouldBe(points[0] with { Step = 1, At = SomeCurve.Start });
        points[0].Values.ShouldBe(new Dictionary<string, double> { ["loss"] = 2.5 });
        points[1].At.ShouldBeNull();
        points[1].Values.ShouldBe(new Dictionary<string, double> { ["loss"] = double.NaN, ["a,b"] = double.NegativeInfinity });
    }

    [Theory]
    [InlineData("", "no header")]
    [InlineData("time,loss", "no column 'step'")]
    [InlineData("step,loss\nx,1", "Line 2: 'x' is no step")]
    [InlineData("step,loss\n-1,1", "Line 2: '-1' is no step")]
    [InlineData("step,loss\n,1", "Line 2 has no step")]
    [InlineData("step,loss\n1,abc", "'abc' in column 'loss' is no number")]
    [InlineData("step,time,loss\n1,yesterday,2", "'yesterday' is no time")]
    [InlineData("step,loss\n1,2,3", "Line 2 has 3 cells, the header 2")]
    public void What_cannot_be_read_is_named_with_its_line(string text, string message)
    {
        Should.Throw<FormatException>(() => CurveCsv.Read(text.Split('\n')).ToList()).Message.ShouldContain(message);
    }

    [Fact]
    public void A_sparkline_goes_down_with_the_curve_and_marks_what_is_not_finite()
    {
        Sparkline.Of([8, 7, 6, 5, 4, 3, 2, 1], 8).ShouldStartWith("█");
        Sparkline.Of([8, 7, 6, 5, 4, 3, 2, 1], 8).ShouldEndWith("▁");
        Sparkline.Of([1, double.NaN, 1], 3).ShouldBe("▁×▁");
        Sparkline.Of([], 8).ShouldBe("");
        Sparkline.Of([.. Enumerable.Range(0, 1000).Select(i => (double)i)], 60).Length.ShouldBe(60);
    }
}

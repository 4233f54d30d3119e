namespace OpsBot.Tests.Signals.TrainingLogs;

public sealed class MegatronLogTests
{
    [Theory]
    [InlineData("")]
    [InlineData("7: ")]
    [InlineData("[default3]:")]
    [InlineData(" [2025-03-01 10:15:00.123456] ")]
    [InlineData("\u001b[32m[rank0]:\u001b[0m ")]
    public void An_iteration_line_is_read_behind_any_prefix(string prefix)
    {
        var point = Log.Points(prefix + " iteration      120/  50000 | consumed samples:        61440 | elapsed time per iteration (ms): 1520.5 | learning rate: 3.000E-04 | global batch size:   512 | lm loss: 4.215000E+00 | loss scale: 4096.0 | grad norm: 1.250 | number of nan iterations:   0 |")
            .ShouldHaveSingleItem();

        point.Step.ShouldBe(120);
        point.Values["lm loss"].ShouldBe(4.215);
        point.Values["elapsed time per iteration (ms)"].ShouldBe(1520.5);
        point.Values["grad norm"].ShouldBe(1.25);
        point.Values["consumed samples"].ShouldBe(61440);
        point.At.ShouldBeNull();
    }

    [Fact]
    public void A_loss_that_is_not_a_number_is_a_value() =>
        Log.Points(" iteration 5/ 10 | lm loss: nan | grad norm: inf |").ShouldHaveSingleItem().Values
            .ShouldBe(new Dictionary<string, double> { ["lm loss"] = double.NaN, ["grad norm"] = double.PositiveInfinity });

    [Fact]
    public void A_validation_line_is_told_from_the_training_loss()
    {
        var points = Log.Points(
            " iteration 1000/ 5000 | lm loss: 2.5E+00 |",
            "-----------------------------------------",
            "validation loss at iteration 1000 | lm loss value: 2.75E+00 | lm loss PPL: 1.56E+01 |",
            "valid loss at iteration 2000 | lm loss value: 2.5E+00 |");

        points.Select(point => point.Step).ShouldBe([1000, 1000, 2000]);
        points[1].Values["validation lm loss value"].ShouldBe(2.75);
        points[2].Values.Keys.ShouldBe(["validation lm loss value"]);
    }

    [Fact]
    public void Iteration_and_validation_on_one_line_are_one_point()
    {
        var point = Log.Points(" iteration 70/ 500 | lm loss: 6.5E+00 | ------ validation loss at iteration 70 | lm loss value: 7.25E+00 | ----").ShouldHaveSingleItem();

        point.Values["lm loss"].ShouldBe(6.5);
        point.Values["validation lm loss value"].ShouldBe(7.25);
    }

    [Fact]
    public void A_field_that_is_cut_off_costs_only_itself() =>
        Log.Points(" iteration 7/ 9 | lm loss: 1.5 | grad norm: 0.2 | time (ms)").ShouldHaveSingleItem().Values.Count.ShouldBe(2);
}

using OpsBot.Signals.Curves;

namespace OpsBot.Tests.Signals.Curves;

public class CurveMetricTests
{
    [Theory]
    [InlineData("lm loss", CurveRole.Loss, false)]
    [InlineData("validation lm loss value", CurveRole.Loss, true)]
    [InlineData("validation/ctc_loss", CurveRole.Loss, true)]
    [InlineData("eval/wer", CurveRole.Loss, true)]
    [InlineData("train/crossEntropyLoss", CurveRole.Loss, false)]
    [InlineData("val_accuracy", CurveRole.Score, true)]
    [InlineData("validation/mean_average_precision", CurveRole.Score, true)]
    [InlineData("eval_rougeL", CurveRole.Score, true)]
    [InlineData("grad norm", CurveRole.GradientNorm, false)]
    [InlineData("elapsed time per iteration (ms)", CurveRole.StepTime, false)]
    [InlineData("samples per second", CurveRole.Speed, false)]
    [InlineData("tokens/s", CurveRole.Speed, false)]
    [InlineData("it/s", CurveRole.Speed, false)]
    [InlineData("TFLOPs", CurveRole.Speed, false)]
    [InlineData("loss scale", CurveRole.Other, false)]
    [InlineData("loss_weight", CurveRole.Other, false)]
    [InlineData("learning rate", CurveRole.Other, false)]
    [InlineData("consumed tokens", CurveRole.Other, false)]
    [InlineData("number of skipped iterations", CurveRole.SkippedSteps, false)]
    [InlineData("global batch size", CurveRole.BatchSize, false)]
    [InlineData("eval_samples_per_second", CurveRole.Speed, true)]
    public void The_words_of_a_name_tell_what_is_measured(string name, object role, bool isValidation)
    {
        var metric = CurveMetric.Of(name);

        (metric.Role, metric.IsValidation).ShouldBe(((CurveRole)role, isValidation));
    }

    [Theory]
    [InlineData("train/loss", "validation/loss")]
    [InlineData("lm loss", "validation lm loss value")]
    [InlineData("accuracy", "val_accuracy")]
    [InlineData("rank3/step_time", "step_time/rank_11")]
    public void Names_of_the_same_measure_have_one_family(string one, string other)
    {
        CurveMetric.Of(one).Family.ShouldBe(CurveMetric.Of(other).Family);
    }

    [Fact]
    public void The_rank_is_read_wherever_it_stands()
    {
        CurveMetric.Of("rank3/step_time").Rank.ShouldBe(3);
        CurveMetric.Of("step_time_rank_11").Rank.ShouldBe(11);
        CurveMetric.Of("step_time").Rank.ShouldBeNull();
        CurveMetric.Of("franked/loss").Rank.ShouldBeNull();
    }
}

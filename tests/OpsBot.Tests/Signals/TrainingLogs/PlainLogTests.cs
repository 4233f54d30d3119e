namespace OpsBot.Tests.Signals.TrainingLogs;

public sealed class PlainLogTests
{
    [Theory]
    [InlineData("step=100 loss=2.5", 100, "loss")]
    [InlineData("2025-03-01 12:00:01,123 INFO trainer.py:88 step=100, skipped=0, lr=[1e-05], loss=2.5", 100, "loss")]
    [InlineData("iter 100: loss 2.5, time 45.12ms, mfu 30.12%", 100, "loss")]
    [InlineData("step 100: train loss 2.5, val loss 2.75", 100, "train loss")]
    [InlineData("Step 100/20000, Loss: 2.5, LR: 1e-4", 100, "Loss")]
    [InlineData("INFO Train Loss: 2.5 | global_step: 100", 100, "Train Loss")]
    [InlineData("{\"step\": 100, \"loss\": 2.5, \"note\": \"a } b\"}", 100, "loss")]
    [InlineData("2025-03-01 12:00:00 | INFO | train_inner | {\"epoch\": 1, \"update\": 0.5, \"loss\": \"2.5\", \"num_updates\": \"100\"}", 100, "loss")]
    [InlineData("{\"trainer/global_step\": 100, \"train\": {\"loss\": 2.5}}", 100, "train/loss")]
    [InlineData("Epoch: [3][10/30]\tTime 0.100 (0.120)\tLoss 2.5e+0 (2.6e+0)\tAcc@1 60.2 ( 58.1)", 100, "Loss")]
    [InlineData("epoch 100 | train_loss 2.5 | val_auc 0.71", 100, "train_loss")]
    [InlineData("Iteration: 100 - loss = 2.5", 100, "loss")]
    public void A_line_gives_its_step_and_its_loss(string line, long step, string metric)
    {
        var point = Log.Points(line).ShouldHaveSingleItem();

        point.Step.ShouldBe(step);
        point.Values[metric].ShouldBe(2.5);
    }

    [Theory]
    [InlineData("max_seq_len=2048 batch_size=32 loss_weight=0.5 label_smoothing=0.1")]
    [InlineData("Listening on port: 8080")]
    [InlineData("Namespace(lr=0.1, epochs=90, loss_scale=128.0)")]
    [InlineData("2025-03-01 12:30:45 rank 3 joined, world size 64")]
    [InlineData("step=100")]
    [InlineData("loading checkpoint from step 5000")]
    [InlineData("process exited with return code: 1")]
    [InlineData("{\"level\":\"info\",\"msg\":\"up\",\"port\":8080}")]
    [InlineData("")]
    [InlineData("{'loss': 2.5, 'learning_ra")]
    public void A_line_that_measures_nothing_is_no_point(string line) => Log.Points(line).ShouldBeEmpty();

    [Fact]
    public void Lines_without_a_step_are_counted_and_validation_belongs_to_the_line_before()
    {
        string[] lines = ["loss=3 lr=0.1", "loss=2 lr=0.1", "val_auc=0.7", "loss=1 lr=0.1"];

        Log.Curve("loss", lines).ShouldBe("1:3 2:2 3:1");
        Log.Curve("val_auc", lines).ShouldBe("2:0.7");
    }

    [Fact]
    public void Where_the_log_states_steps_a_line_without_one_is_not_counted() =>
        Log.Curve("val_auc", "step=100 loss=3", "epoch=1 val_auc=0.7", "step=200 loss=2", "epoch=2 val_auc=0.75").ShouldBe("100:0.7 200:0.75");

    [Fact]
    public void Steps_that_begin_again_with_every_epoch_go_on() =>
        Log.Curve("loss", "[Epoch 1][Iter 50/100] loss: 4", "[Epoch 1][Iter 100/100] loss: 3", "[Epoch 2][Iter 50/100] loss: 2", "[Epoch 2][Iter 100/100] loss: 1")
            .ShouldBe("50:4 100:3 150:2 200:1");

    [Fact]
    public void Keras_bars_are_placed_by_the_heading_before_them()
    {
        string[] lines =
        [
            "Epoch 1/3", "50/50 [==============================] - 3s 10ms/step - loss: 0.5 - accuracy: 0.75 - val_loss: 0.625",
            "Epoch 2/3", "50/50 ━━━━━━━━━━━━━━━━━━━━ 3s 10ms/step - accuracy: 0.8 - loss: 0.25 - val_loss: 0.5",
        ];

        Log.Curve("loss", lines).ShouldBe("50:0.5 100:0.25");
        Log.Curve("val_loss", lines).ShouldBe("50:0.625 100:0.5");
    }

    [Theory]
    [InlineData("{\"step\": 1, \"loss\": 2, \"timestamp\": \"2025-03-01T12:00:00Z\"}", true)]
    [InlineData("{\"step\": 1, \"loss\": 2, \"_timestamp\": 1740830400.0}", true)]
    [InlineData("{\"step\": 1, \"loss\": 2, \"time\": 1740830400000}", true)]
    [InlineData("{\"step\": 1, \"loss\": 2, \"timestamp\": \"2025-03-01T12:00:00\"}", false)]
    public void A_time_counts_where_its_offset_is_known(string line, bool isTold) =>
        Log.Points(line).ShouldHaveSingleItem().At.ShouldBe(isTold ? new DateTimeOffset(2025, 3, 1, 12, 0, 0, TimeSpan.Zero) : null);

    [Theory]
    [InlineData("\u001b[1mstep=1\u001b[0m \u001b[38;5;12mloss=2.5\u001b[K")]
    [InlineData("old text\r\u001b]0;title\astep=1 loss=2.5\r\n")]
    [InlineData("\uFFFD\0step=1 loss=2.5")]
    public void Colours_overwritten_text_and_broken_bytes_do_not_matter(string line) =>
        Log.Curve("loss", line).ShouldBe("1:2.5");

    [Fact]
    public void A_hostile_line_takes_no_time_worth_naming()
    {
        string[] lines =
        [
            new('a', 2_000_000), string.Concat(Enumerable.Repeat("a=", 500_000)), string.Concat(Enumerable.Repeat("{'a':", 300_000)),
            new('{', 100_000), string.Concat(Enumerable.Repeat("loss ", 100_000)), "Epoch 1: 5%|" + new string('█', 100_000), new('\u001b', 100_000),
            string.Concat(Enumerable.Repeat("epoch [", 20_000)), new string(' ', 100_000) + "loss", string.Concat(Enumerable.Repeat("1/1 [=", 20_000)),
            " iteration 1/ 2 |" + string.Concat(Enumerable.Repeat(" valid loss", 20_000)), string.Concat(Enumerable.Repeat("NCCL unhandled ", 20_000)),
        ];
        var watch = System.Diagnostics.Stopwatch.StartNew();

        foreach (var line in lines)
        {
            Log.Points(line);
            OpsBot.Signals.TrainingLogs.TrainingFaultLine.Read(line).ShouldBeNull();
        }

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void The_number_of_values_is_bounded() =>
        Log.Points("{'step': 1, " + string.Join(", ", Enumerable.Range(0, 2_000).Select(i => $"'m{i}': 1")) + "}").ShouldAllBe(point => point.Values.Count <= 200);
}

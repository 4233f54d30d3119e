namespace OpsBot.Tests.Signals.TrainingLogs;

/// <summary>Hugging Face Trainer: dictionaries between the drawings of progress bars.</summary>
public sealed class TrainerLogTests
{
    [Fact]
    public void The_step_is_that_of_the_progress_bar()
    {
        string[] lines =
        [
            "Loading checkpoint shards: 100%|██████████| 2/2 [00:05<00:00,  2.60s/it]",
            "  0%|          | 0/1000 [00:00<?, ?it/s]",
            "  5%|▌         | 50/1000 [00:10<03:10,  5.00it/s]\r                                   \r{'loss': 2.5, 'grad_norm': 1.5, 'learning_rate': 5e-05, 'epoch': 0.05}",
            " 10%|█         | 100/1000 [00:20<03:00,  5.00it/s]",
            "{'loss': '2.25', 'grad_norm': '1.25', 'learning_rate': '4.5e-05', 'epoch': '0.1'}",
        ];

        Log.Curve("loss", lines[..2]).ShouldBe("");
        Log.Curve("loss", lines).ShouldBe("1:2.5 100:2.25");
        Log.Curve("loss", [.. lines.SelectMany(line => line.Split('\r'))]).ShouldBe("50:2.5 100:2.25");
    }

    [Fact]
    public void The_bar_of_an_evaluation_moves_no_step()
    {
        var lines = new[]
        {
            " 50%|█████     | 500/1000 [00:10<00:10, 50.00it/s]",
            "{'loss': 1.0, 'epoch': 0.5}",
            " 30%|███       | 19/63 [00:01<00:02, 20.00it/s]",
            "100%|██████████| 63/63 [00:03<00:00, 20.00it/s]",
            "{'eval_loss': 1.25, 'eval_runtime': 3.1, 'epoch': 0.5}",
            " 60%|██████    | 600/1000 [00:14<00:10, 50.00it/s]",
            "{'loss': 0.75, 'epoch': 0.6}",
        };

        Log.Curve("loss", lines).ShouldBe("500:1 600:0.75");
        Log.Curve("eval_loss", lines).ShouldBe("500:1.25");
        Log.Curve("it/s", lines).ShouldBe("600:50");
    }

    [Fact]
    public void Without_bars_lines_are_counted_and_the_epoch_tells_how_far_apart_they_are()
    {
        string[] lines = ["{'loss': 3.0, 'epoch': 0.1}", "{'loss': 2.0, 'epoch': 0.2}", "{'eval_loss': 2.5, 'epoch': 0.2}", "{'loss': 1.0, 'epoch': 0.4}"];

        Log.Curve("loss", lines).ShouldBe("1:3 2:2 4:1");
        Log.Curve("eval_loss", lines).ShouldBe("2:2.5");
    }

    [Fact]
    public void The_summary_at_the_end_is_no_point() =>
        Log.Points("{'train_runtime': 120.5, 'train_samples_per_second': 33.2, 'train_loss': 1.2, 'epoch': 3.0}").ShouldBeEmpty();

    [Fact]
    public void What_is_not_finite_is_a_value() =>
        Log.Points("{'loss': nan, 'grad_norm': inf, 'epoch': 1.0}").ShouldHaveSingleItem().Values
            .ShouldBe(new Dictionary<string, double> { ["loss"] = double.NaN, ["grad_norm"] = double.PositiveInfinity });

    [Fact]
    public void A_tensor_and_what_is_nested_are_read() =>
        Log.Points("{'step': 3, 'loss': tensor(0.5, device='cuda:0', grad_fn=<Mean>), 'eval': {'auc': np.float64(0.75)}, 'ids': [1, 2, 3], 'text': 'loss: 9'}")
            .ShouldHaveSingleItem().Values.ShouldBe(new Dictionary<string, double> { ["loss"] = 0.5, ["eval/auc"] = 0.75 });
}

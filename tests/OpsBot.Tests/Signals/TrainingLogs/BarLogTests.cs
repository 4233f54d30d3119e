namespace OpsBot.Tests.Signals.TrainingLogs;

/// <summary>PyTorch Lightning and other progress bars that carry metrics.</summary>
public sealed class BarLogTests
{
    [Fact]
    public void Steps_go_on_from_epoch_to_epoch()
    {
        string[] lines =
        [
            "Epoch 0:  50%|█████     | 9/18 [00:10<00:10,  1.10it/s, loss=2.5, v_num=4]",
            "Epoch 0: 100%|██████████| 18/18 [00:20<00:00,  1.10it/s, loss=2.25, v_num=4]",
            "Validation DataLoader 0:  50%|█████     | 2/4 [00:00<00:00, 20.00it/s]",
            "Epoch 0: 100%|██████████| 18/18 [00:20<00:00,  1.10it/s, loss=2.25, v_num=4, val_loss=2.5]",
            "Epoch 1:  50%|█████     | 9/18 [00:10<00:10,  2.00s/it, loss=2, v_num=4, val_loss=2.5]",
            "Epoch 1: 100%|██████████| 18/18 [00:10<00:10,  2.00s/it, loss=1.75, v_num=4, val_loss=2]",
        ];

        Log.Curve("loss", lines).ShouldBe("9:2.5 18:2.25 27:2 36:1.75");
        Log.Curve("val_loss", lines).ShouldBe("18:2.5 36:2");
        Log.Curve("it/s", lines).ShouldBe("9:1.1 18:1.1 27:0.5 36:0.5");
        Log.Curve("v_num", lines).ShouldBe("");
    }

    [Fact]
    public void A_bar_that_is_drawn_again_is_no_second_point() =>
        Log.Points([.. Enumerable.Repeat("Epoch 0:  50%|█████     | 9/18 [00:10<00:10,  1.10it/s, loss=2.5, v_num=4]", 5)]).Count.ShouldBe(1);

    [Fact]
    public void Epochs_that_are_counted_from_one_begin_at_step_nought() =>
        Log.Curve("loss", "Epoch 1/3:  50%|##### | 5/10 [00:01<00:01, 5.0it/s, loss=1]", "Epoch 2/3:  50%|##### | 5/10 [00:01<00:01, 5.0it/s, loss=0.5]")
            .ShouldBe("5:1 15:0.5");

    [Fact]
    public void A_step_that_is_shown_rounded_is_not_taken() =>
        Log.Points("Epoch 0:   6%|▋  | 32040/500150 [6:28:43<94:39:17,  1.37it/s, loss=2.6, v_num=1, global_step=3.2e+4]").ShouldHaveSingleItem().Step.ShouldBe(32040);

    [Fact]
    public void Bars_of_other_things_are_no_points() => Log.Points(
        "Map: 100%|██████████| 500/500 [00:01<00:00, 400.00 examples/s]",
        "Sanity Checking DataLoader 0:  50%|█████     | 1/2 [00:00<00:00, 10.00it/s, val_loss=9]",
        "Downloading: 100%|██████████| 500/500 [00:01<00:00, 40.00MB/s]").ShouldBeEmpty();
}

using OpsBot.Contracts.Ports;
using OpsBot.Evidence.Training.Logs;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Training;

public sealed class JobLogCurveTests : IDisposable
{
    private readonly SomeFolder _folder = new();
    private readonly ShiftableNow _now = new();

    private string LogPath => Path.Combine(_folder.Path, "train.log");

    [Fact]
    public async Task A_log_that_appears_late_is_absent_and_then_read_once()
    {
        var looks = Looks("train.log");

        (await looks.Next("loss")).ShouldBe("");
        looks.Last.State.ShouldBe(CurveReadingState.Absent);
        _folder.Write("train.log", "step=1 loss=3\nstep=2 loss=2\n");
        (await looks.Next("loss")).ShouldBe("1:3 2:2");
        looks.Last.State.ShouldBe(CurveReadingState.Data);
        (await looks.Next("loss")).ShouldBe("");
        looks.Last.State.ShouldBe(CurveReadingState.NoData);
    }

    [Fact]
    public async Task A_line_that_is_half_written_is_waited_for()
    {
        var looks = Looks("train.log");
        _folder.Write("train.log", "step=1 loss=3\nstep=2 lo");

        (await looks.Next("loss")).ShouldBe("1:3");
        await File.AppendAllTextAsync(LogPath, "ss=2.5\n");
        (await looks.Next("loss")).ShouldBe("2:2.5");
    }

    [Fact]
    public async Task A_last_line_without_its_end_counts_once_nobody_writes_any_more()
    {
        var looks = Looks("train.log");
        _folder.Write("train.log", "step=1 loss=3\nstep=2 loss=2");

        (await looks.Next("loss")).ShouldBe("1:3");
        _now.Add(TimeSpan.FromMinutes(2));
        (await looks.Next("loss")).ShouldBe("2:2");
        (await looks.Next("loss")).ShouldBe("");
    }

    [Fact]
    public async Task A_log_that_is_renamed_away_is_read_to_its_end_before_the_new_one()
    {
        var looks = Looks("train.log");
        _folder.Write("train.log", "step=1 loss=3\n");
        (await looks.Next("loss")).ShouldBe("1:3");

        await File.AppendAllTextAsync(LogPath, "step=2 loss=2\n");
        File.Move(LogPath, LogPath + ".1");
        _folder.Write("train.log", "step=3 loss=1\n");

        (await looks.Next("loss")).ShouldBe("2:2 3:1");
        looks.Last.Note.ShouldBeNull();
        (await looks.Next("loss")).ShouldBe("");
    }

    [Fact]
    public async Task Rotation_under_a_pattern_that_fits_both_names_gives_each_point_once()
    {
        var looks = Looks("train.log*");
        _folder.Write("train.log", "step=1 loss=3\n");
        (await looks.Next("loss")).ShouldBe("1:3");

        File.Move(LogPath, LogPath + ".1");
        _folder.Write("train.log", "step=2 loss=2\n");

        (await looks.Next("loss")).ShouldBe("2:2");
        (await looks.Next("loss")).ShouldBe("");
    }

    [Fact]
    public async Task A_log_that_is_cut_off_is_read_from_its_start_and_that_is_said()
    {
        var looks = Looks("train.log");
        _folder.Write("train.log", "step=1 loss=3\nstep=2 loss=2\n");
        (await looks.Next("loss")).ShouldBe("1:3 2:2");

        _folder.Write("train.log", "step=1 loss=9\n");

        (await looks.Next("loss")).ShouldBe("1:9");
        looks.Last.Note.ShouldNotBeNull().ShouldContain("cut off");
    }

    [Fact]
    public async Task A_log_that_is_written_anew_with_the_same_beginning_is_noticed()
    {
        var banner = new string('#', 400) + "\n";
        var looks = Looks("train.log");
        _folder.Write("train.log", banner + "step=1 loss=3\nstep=2 loss=2\n");
        (await looks.Next("loss")).ShouldBe("1:3 2:2");

        _folder.Write("train.log", banner + "step=1 loss=7\nstep=2 loss=6\nstep=3 loss=5\n");

        (await looks.Next("loss")).ShouldBe("1:7 2:6 3:5");
    }

    [Fact]
    public async Task Copied_and_cut_off_under_its_writer_the_log_goes_on_behind_the_zeros()
    {
        var looks = Looks("train.log");
        _folder.Write("train.log", "step=1 loss=3\n");
        (await looks.Next("loss")).ShouldBe("1:3");

        File.Copy(LogPath, LogPath + ".1");
        await File.WriteAllBytesAsync(LogPath, [.. new byte[14], .. "step=2 loss=2\n"u8]);

        (await looks.Next("loss")).ShouldBe("2:2");
    }

    [Fact]
    public async Task What_the_lines_have_told_survives_a_restart()
    {
        var looks = Looks("train.log");
        _folder.Write("train.log", " 50%|█████     | 500/1000 [00:10<00:10, 50.00it/s]\n{'loss': 1.0, 'epoch': 0.5}\n 51%|█████     | 12/63 [00:10<00:10, 50.00it/s]\r");
        (await looks.Next("loss")).ShouldBe("500:1");

        await File.AppendAllTextAsync(LogPath, "{'eval_loss': 1.5, 'epoch': 0.5}\n");

        (await looks.Next("eval_loss")).ShouldBe("500:1.5");
    }

    [Fact]
    public async Task Every_drawing_of_a_progress_bar_is_a_line()
    {
        var looks = Looks("train.log");
        _folder.Write("train.log", string.Concat(Enumerable.Range(1, 5).Select(i => FormattableString.Invariant($"\rEpoch 0:  {i}0%|█ | {i}/10 [00:10<00:10,  1.10it/s, loss={5 - i}]"))) + "\n");

        (await looks.Next("loss")).ShouldBe("1:4 2:3 3:2 4:1 5:0");
    }

    [Fact]
    public async Task Several_logs_are_read_in_the_order_of_their_numbers()
    {
        _folder.Write("out-9.log", "step=1 loss=3\n");
        _folder.Write("out-10.log", "step=2 loss=2\n");
        _folder.Write("other.txt", "step=9 loss=9\n");

        (await Looks("out-*.log").Next("loss")).ShouldBe("1:3 2:2");
    }

    [Fact]
    public async Task A_large_log_is_read_in_pieces_and_no_point_is_lost_or_given_twice()
    {
        const int Lines = 12_000; // more than one look reads
        _folder.Write("train.log", string.Concat(Enumerable.Range(1, Lines).Select(i => FormattableString.Invariant($"2025-03-01 some padding to make the line longer than it needs to be {new string('x', 400)} step={i} loss=1\n"))));
        var looks = Looks("train.log");

        var all = await looks.All("loss");

        all.ShouldBe(string.Join(' ', Enumerable.Range(1, Lines).Select(i => FormattableString.Invariant($"{i}:1"))));
    }

    [Fact]
    public async Task A_line_without_end_is_passed_over()
    {
        _folder.Write("train.log", "step=1 loss=3\n" + new string('x', 9 << 20) + "\nstep=2 loss=2\n");

        (await Looks("train.log").All("loss")).ShouldBe("1:3 2:2");
    }

    [Fact]
    public async Task Other_lines_are_kept_bounded_and_without_secrets_and_a_fault_among_them_is_not_lost()
    {
        _folder.Write("train.log", "RuntimeError: CUDA error: out of memory\nlogin with hunter2\n" + string.Concat(Enumerable.Range(0, 500).Select(i => FormattableString.Invariant($"line {i}\n"))));
        var looks = Looks("train.log");

        await looks.Next("loss");

        looks.Last.Lines.Count.ShouldBe(200);
        looks.Last.Lines[0].ShouldContain("out of memory");
        looks.Last.Lines[^1].ShouldBe("line 499");
        looks.Last.Lines.ShouldAllBe(line => !line.Contains("hunter2"));
        looks.Last.State.ShouldBe(CurveReadingState.Data);
    }

    [Fact]
    public async Task A_link_is_refused()
    {
        File.CreateSymbolicLink(LogPath, "/etc/passwd");
        var looks = Looks("train.log");

        await looks.Next("loss");

        looks.Last.State.ShouldBe(CurveReadingState.Failed);
        looks.Last.Note.ShouldNotBeNull().ShouldContain("link");
    }

    [Fact]
    public async Task Invalid_bytes_do_not_matter()
    {
        await File.WriteAllBytesAsync(LogPath, [0xff, 0xfe, 0xc3, .. " step=1 loss=3\n"u8, 0x80, .. "\r\nstep=2 loss=2\r\n"u8]);

        (await Looks("train.log").Next("loss")).ShouldBe("1:3 2:2");
    }

    [Fact]
    public async Task A_cursor_of_something_else_begins_anew()
    {
        _folder.Write("train.log", "step=1 loss=3\n");
        var looks = Looks("train.log");
        looks.Cursor = "{\"until\": 3";

        (await looks.Next("loss")).ShouldBe("1:3");
    }

    public void Dispose() => _folder.Dispose();

    private Looks Looks(string name) => new(() => new JobLogCurve(Path.Combine(_folder.Path, name), new JobLogOptions(), new Looks.Plain(), _now));

    private sealed class ShiftableNow : TimeProvider
    {
        private TimeSpan _by;

        public void Add(TimeSpan by) => _by += by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _by;
    }
}

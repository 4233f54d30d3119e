using System.Text;
using OpsBot.Contracts.Ports;
using OpsBot.Evidence.Training.TensorBoard;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Training;

public sealed class TensorBoardCurveTests : IDisposable
{
    private const string Name = "events.out.tfevents.1700000000.host.1.0";

    private readonly SomeFolder _folder = new();

    // the check value of CRC-32C, and the vectors of RFC 3720 B.4
    [Theory]
    [InlineData("123456789", 0xe3069283)]
    [InlineData("", 0u)]
    public void The_checksum_is_that_of_the_standard(string text, uint crc) => MaskedCrc.Crc32C(Encoding.ASCII.GetBytes(text)).ShouldBe(crc);

    [Fact]
    public void The_checksum_of_zeros_and_of_rising_bytes_is_that_of_the_rfc()
    {
        MaskedCrc.Crc32C(new byte[32]).ShouldBe(0x8a9136aau);
        MaskedCrc.Crc32C([.. Enumerable.Range(0, 32).Select(i => (byte)i)]).ShouldBe(0x46dd794eu);
    }

    [Fact]
    public async Task Scalars_of_either_kind_are_read_and_those_of_one_step_are_one_point()
    {
        Write(Name, new EventFile()
            .Simple(10, "loss", 2.5f).Simple(10, "lr", 0.5f)
            .Tensor(20, "loss", 1.5).Tensor(20, "acc", 0.75, inContent: false).Tensor(20, "one", 3, shape: [1, 1]));
        var looks = Looks();

        (await looks.Next("loss")).ShouldBe("10:2.5 20:1.5");
        looks.Last.Points.Count.ShouldBe(2);
        looks.Last.Points[0].Values["lr"].ShouldBe(0.5);
        looks.Last.Points[0].At.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_500));
        looks.Last.Points[1].Values.ShouldBe(new Dictionary<string, double> { ["loss"] = 1.5, ["acc"] = 0.75, ["one"] = 3 }, ignoreOrder: true);
    }

    [Fact]
    public async Task Histograms_texts_and_settings_are_no_scalars()
    {
        Write(Name, new EventFile()
            .Tensor(1, "weights", 3, plugin: "histograms")
            .Tensor(1, "vector", 3, shape: [3])
            .Event(1, [.. EventFile.Text(1, "note"), .. EventFile.Message(8, [0x08, 7, .. EventFile.Text(8, "hello")])])
            .Event(1, [.. EventFile.Text(1, "_hparams_/session_start_info")])
            .Simple(2, "loss", 1));
        var looks = Looks();

        (await looks.Next("loss")).ShouldBe("2:1");
        looks.Last.Points.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_is_not_finite_is_a_value()
    {
        Write(Name, new EventFile().Simple(1, "loss", float.NaN).Simple(2, "loss", float.PositiveInfinity));

        (await Looks().Next("loss")).ShouldBe("1:NaN 2:Infinity");
    }

    [Fact]
    public async Task A_file_cut_anywhere_gives_its_whole_records_and_then_the_rest()
    {
        var bytes = new EventFile().Simple(1, "loss", 3).Simple(2, "loss", 2).Simple(3, "loss", 1).Bytes;
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            var path = Path.Combine(_folder.Path, Name);
            await File.WriteAllBytesAsync(path, bytes[..cut]);
            var looks = Looks();
            var first = await looks.Next("loss");
            looks.Last.Note.ShouldBeNull();

            await File.WriteAllBytesAsync(path, bytes);

            $"{first} {await looks.Next("loss")}".Trim().ShouldBe("1:3 2:2 3:1", $"cut at {cut}");
        }
    }

    [Fact]
    public async Task Behind_a_wrong_byte_nothing_is_read_it_is_said_once_and_the_other_file_is_read()
    {
        var good = new EventFile().Simple(1, "loss", 3).Bytes;
        var bytes = new EventFile().Simple(1, "loss", 3).Simple(2, "loss", 2).Simple(3, "loss", 1).Bytes;
        for (var wrong = good.Length; wrong < bytes.Length; wrong += 5)
        {
            var bad = bytes.ToArray();
            bad[wrong] ^= 0x10;
            await File.WriteAllBytesAsync(Path.Combine(_folder.Path, Name), bad);
            Write("events.out.tfevents.1800000000.host.1.0", new EventFile().Simple(9, "loss", 9));
            var looks = Looks();

            (await looks.Next("loss")).Split(' ').ShouldAllBe(point => new[] { "1:3", "2:2", "9:9" }.Contains(point), $"wrong at {wrong}");
            looks.Last.Points[^1].Step.ShouldBe(9);
            looks.Last.Note.ShouldNotBeNull().ShouldContain("checksum");
            (await looks.Next("loss")).ShouldBe("");
            looks.Last.Note.ShouldBeNull();
        }
    }

    [Fact]
    public async Task Several_files_and_folders_of_a_run_are_read_as_they_come()
    {
        Write("train/" + Name, new EventFile().Simple(1, "loss", 3));
        var looks = Looks();
        (await looks.Next("train/loss")).ShouldBe("1:3");

        Write("validation/" + Name, new EventFile().Simple(1, "loss", 4));
        Write("train/events.out.tfevents.1800000000.host.1.0", new EventFile().Simple(2, "loss", 2));

        (await looks.Next("train/loss")).ShouldBe("2:2");
        looks.Last.Points.Single(point => point.Values.ContainsKey("validation/loss")).Values["validation/loss"].ShouldBe(4);
    }

    [Fact]
    public async Task A_long_run_is_read_in_pieces()
    {
        var file = new EventFile();
        for (var step = 0; step < 30_000; step++)
            file.Simple(step, "loss", 1);
        Write(Name, file);

        (await Looks().All("loss")).Split(' ').Length.ShouldBe(30_000);
    }

    [Fact]
    public async Task Bytes_that_are_no_event_behind_a_right_checksum_do_no_harm()
    {
        var random = new Random(7);
        var file = new EventFile();
        for (var i = 0; i < 2_000; i++)
        {
            var junk = new byte[random.Next(0, 60)];
            random.NextBytes(junk);
            file.Record(junk);
        }

        Write(Name, file.Simple(5, "loss", 1));

        (await Looks().All("loss")).ShouldEndWith("5:1");
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_absent()
    {
        var looks = new Looks(() => new TensorBoardCurve(Path.Combine(_folder.Path, "later")));

        await looks.Next("loss");

        looks.Last.State.ShouldBe(CurveReadingState.Absent);
    }

    public void Dispose() => _folder.Dispose();

    private Looks Looks() => new(() => new TensorBoardCurve(_folder.Path));

    private void Write(string name, EventFile file)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file.Bytes);
    }
}

using OpsBot.Contracts.Ports;
using OpsBot.Evidence.Training.Csv;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Training;

public sealed class CsvCurveTests : IDisposable
{
    private readonly SomeFolder _folder = new();

    [Fact]
    public async Task Rows_are_given_once_as_the_table_grows()
    {
        var looks = Looks();
        (await looks.Next("loss")).ShouldBe("");
        looks.Last.State.ShouldBe(CurveReadingState.Absent);

        var path = _folder.Write("metrics.csv", "epoch,step,loss,val_auc\n0,10,3,\n0,20,2,0.7\n0,30,1");
        (await looks.Next("loss")).ShouldBe("10:3 20:2");
        await File.AppendAllTextAsync(path, ".5,\n");
        (await looks.Next("loss")).ShouldBe("30:1.5");
        (await looks.Next("loss")).ShouldBe("");
        looks.Last.State.ShouldBe(CurveReadingState.NoData);
    }

    [Fact]
    public async Task A_table_that_is_written_anew_with_one_more_column_goes_on()
    {
        var looks = Looks();
        _folder.Write("metrics.csv", "step,loss\n10,3\n20,2\n");
        (await looks.Next("loss")).ShouldBe("10:3 20:2");

        _folder.Write("metrics.csv", "step,val_loss,loss\n10,,3\n20,,2\n20,2.5,\n30,,1\n");

        (await looks.Next("loss")).ShouldBe("30:1");
        looks.Last.Points.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_table_of_another_run_is_read_from_its_start()
    {
        var looks = Looks();
        _folder.Write("metrics.csv", "step,loss\n10,3\n20,2\n");
        await looks.Next("loss");

        _folder.Write("metrics.csv", "step,loss,lr\n5,9,1\n15,8,1\n25,7,1\n");

        (await looks.Next("loss")).ShouldBe("5:9 15:8 25:7");
        looks.Last.Note.ShouldNotBeNull().ShouldContain("other rows");
    }

    [Theory]
    [InlineData("step;loss\n1;2.5\n", "1:2.5")]
    [InlineData("\uFEFFstep\tloss\r\n1\t2.5\r\n", "1:2.5")]
    [InlineData("\"step\",\"loss\"\n\"1\",\"2.5\"\n", "1:2.5")]
    [InlineData("epoch,accuracy,loss\n0,0.5,2.5\n1,0.6,2\n", "0:2.5 1:2")]
    [InlineData("loss,note\n2.5,\"a, \"\"b\"\"\"\n2,c\n", "0:2.5 1:2")]
    [InlineData("step,loss\n1,nan\n2,-inf\n3,\nx,4\n5,1,2\n6,1\n", "1:NaN 2:-Infinity 6:1")]
    public async Task Tables_of_any_make_are_read(string table, string expected)
    {
        _folder.Write("metrics.csv", table);

        (await Looks().Next("loss")).ShouldBe(expected);
    }

    public void Dispose() => _folder.Dispose();

    private Looks Looks() => new(() => new CsvCurve(Path.Combine(_folder.Path, "metrics.csv"), new CsvOptions(), TimeProvider.System));
}

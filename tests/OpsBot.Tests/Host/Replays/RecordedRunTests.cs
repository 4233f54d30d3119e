using System.Text.Json;
using OpsBot.Host.Cli;
using OpsBot.Host.Replays;

namespace OpsBot.Tests.Host.Replays;

public sealed class RecordedRunTests : IDisposable
{
    private const string Goal = """{"metric":"val/loss","goal":"min","target":1.5,"budgetSteps":100}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("opsbot-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_curve_is_judged_row_by_row_in_the_order_of_its_steps()
    {
        Write("watch.json", Goal);
        Write("curve.csv", "step,time,train/loss,val/loss", "20,,2.2,", "10,2026-01-05T08:00:00Z,2.5,2.6", "30,,nan,2.1");

        var lines = Lines();

        lines.Select(line => line.GetProperty("step").GetInt64()).ShouldBe([10, 20, 30]);
        lines.Select(line => line.GetProperty("fraction").GetDouble()).ShouldBe([0.1, 0.2, 0.3]);
        lines.ShouldAllBe(line => line.GetProperty("pReach").GetDouble() >= 0 && line.GetProperty("pReach").GetDouble() <= 1);
        lines[2].GetProperty("alerts").EnumerateArray().Single().GetProperty("kind").GetString().ShouldBe("non-finite");
    }

    [Fact]
    public void What_the_case_format_has_no_word_for_stands_in_the_notes()
    {
        Write("watch.json", Goal);
        Write("curve.csv", ["step,time,loss", .. Enumerable.Range(0, 30).Select(i => $"{i},,{(i == 20 ? 9 : 2)}")]);

        var lines = Lines();

        lines[20].GetProperty("alerts")[0].GetProperty("kind").GetString().ShouldBe("spike");
        lines[21].GetProperty("alerts").GetArrayLength().ShouldBe(0);
        lines[21].GetProperty("notes")[0].GetProperty("kind").GetString().ShouldBe("recovered");
    }

    [Fact]
    public void A_log_without_a_target_has_no_probability_and_tells_of_its_faults()
    {
        Write("log.txt", " iteration 10/ 100 | lm loss: 2.5E+00 |", "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB");

        var lines = Lines();

        lines[0].TryGetProperty("pReach", out _).ShouldBeFalse();
        lines[1].GetProperty("step").GetInt64().ShouldBe(10);
        lines[1].GetProperty("fault").GetProperty("kind").GetString().ShouldBe("gpu-out-of-memory");
    }

    [Fact]
    public void The_report_for_people_has_the_curve_the_outlook_and_what_was_found()
    {
        Write("watch.json", Goal);
        Write("curve.csv", ["step,time,val/loss", .. Enumerable.Range(1, 40).Select(i => FormattableString.Invariant($"{i},,{(i == 30 ? 50 : 1.4 + (3.0 / i))}"))]);

        var output = new StringWriter();
        RunReport.Write(RecordedRun.Open(_folder), output);

        output.ToString().ShouldContain("█");
        output.ToString().ShouldContain("40 % of the budget");
        output.ToString().ShouldContain("Spike");
    }

    [Fact]
    public void Names_from_a_file_cannot_move_the_cursor_of_a_terminal()
    {
        Write("watch.json", """{"metric":"a\u001b[2Jloss","goal":"min","target":1,"budgetSteps":10}""");
        Write("curve.csv", "step,a\u001b[2Jloss", "1,nan");

        var output = new StringWriter();
        RunReport.Write(RecordedRun.Open(_folder), output);

        output.ToString().ShouldNotContain("\u001b");
    }

    [Theory]
    [InlineData(null, null, "neither curve.csv nor log.txt")]
    [InlineData("step,loss\n1,2", null, "no watch.json")]
    [InlineData("step,loss\n1,2", "{", "watch.json")]
    [InlineData("step,loss\n1,2", """{"goal":"min"}""", "watch.json")]
    [InlineData("step,loss\n1,2", """{"metric":"loss","goal":"up","target":1,"budgetSteps":10}""", "'up' is neither")]
    [InlineData("step,loss\n1,2", """{"metric":"loss","goal":"min","target":1,"budgetSteps":0}""", "budgetSteps is 0")]
    [InlineData("step,loss\n1,two", Goal, "'two'")]
    [InlineData("", Goal, "no header")]
    public void What_cannot_be_used_is_refused_with_the_reason(string? curve, string? watch, string reason)
    {
        if (curve is not null)
        {
            Write("curve.csv", curve.Split('\n'));
        }

        if (watch is not null)
        {
            Write("watch.json", watch);
        }

        Should.Throw<UnusableInputException>(() => RecordedRun.Open(_folder)).Message.ShouldContain(reason);
    }

    private List<JsonElement> Lines()
    {
        var output = new StringWriter();
        JudgementLines.Write(RecordedRun.Open(_folder), output);
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private void Write(string file, params string[] lines) => File.WriteAllLines(Path.Combine(_folder, file), lines);
}

using System.Text;
using System.Text.Json;
using OpsBot.Actions.Execution.Supervision;

namespace OpsBot.Tests.Actions.Execution;

public sealed class LinesOfNoteTests
{
    private static readonly DateTimeOffset Begun = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Lines_are_found_however_they_come_in_pieces()
    {
        var lines = new LinesOfNote(["FAILED"]);
        var text = Encoding.UTF8.GetBytes("käse\nFAI" + "LED one\r\n\u001b[31mFAI\u001b[0mLED two\nno end FAILED");
        foreach (var one in text)
        {
            lines.Append([one], Begun.AddMinutes(1));
        }

        lines.Complete(Begun);
        var record = Read(lines);
        record.Lines.ShouldBe(4);
        record.First.Select(line => (line.Number, line.Text)).ShouldBe([(2, "FAILED one"), (3, "FAILED two"), (4, "no end FAILED")]);
        record.End.ShouldBe(["käse", "FAILED one", "FAILED two", "no end FAILED"]);
        record.LastAt.ShouldBe(Begun.AddMinutes(1));
    }

    [Fact]
    public void Of_many_the_first_and_the_last_are_kept_and_all_are_counted()
    {
        var lines = new LinesOfNote(["^bad"]);
        for (var i = 1; i <= 100_000; i++)
        {
            lines.Append(Encoding.UTF8.GetBytes($"bad {i}\n"), Begun);
        }

        var record = Read(lines);
        (record.Lines, record.Fitting, record.First.Count, record.Last.Count, record.End.Count).ShouldBe((100_000, 100_000, 10, 10, 10));
        record.Last[^1].Text.ShouldBe("bad 100000");
        lines.ToBytes("x", Begun).Length.ShouldBeLessThan(64 * 1024, "more than that is not read back");
    }

    [Fact]
    public void A_line_without_an_end_and_bytes_of_no_text_cost_no_memory()
    {
        var lines = new LinesOfNote([".*x"]);
        var block = new byte[1 << 20];
        Array.Fill(block, (byte)0xC3);
        for (var i = 0; i < 50; i++)
        {
            lines.Append(block, Begun);
        }

        lines.Append("\n"u8, Begun);
        var record = Read(lines);
        record.Lines.ShouldBe(1);
        lines.ToBytes("x", Begun).Length.ShouldBeLessThan(64 * 1024);
    }

    [Fact]
    public void Nothing_printed_counts_from_the_start() => Read(new LinesOfNote([])).LastAt.ShouldBe(Begun);

    private static LinesRecord Read(LinesOfNote lines) => JsonSerializer.Deserialize(lines.ToBytes("spec", Begun), SupervisorJson.Default.LinesRecord)!;
}

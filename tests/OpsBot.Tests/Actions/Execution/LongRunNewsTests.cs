using OpsBot.Actions.Catalog;
using OpsBot.Actions.Execution;
using OpsBot.Actions.Execution.Supervision;
using OpsBot.Contracts.Actions;

namespace OpsBot.Tests.Actions.Execution;

public sealed class LongRunNewsTests
{
    private static readonly DateTimeOffset Begun = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);

    private static readonly ActionRun Run = new()
    {
        Id = 12,
        ProposalId = 1,
        Version = 1,
        Slot = 1,
        IncidentId = 1,
        Action = "end-to-end",
        Target = "stage",
        Fence = 1,
        IdempotencyKey = "k",
        Status = RunStatus.Intended,
        Host = "stage-runner",
        StartedAt = Begun,
    };

    [Fact]
    public void New_lines_are_told_once_and_no_more_often_than_once_a_minute()
    {
        var (told, word) = Look(new ToldOfRun(), Lines("FAILED a"), Begun.AddMinutes(90));
        word!.Text.ShouldBe("RUN-12 printed after 90 min:\n  FAILED a");
        Look(told, Lines("FAILED a"), Begun.AddMinutes(95)).Word.ShouldBeNull("nothing is new");
        Look(told, Lines("FAILED a", "FAILED b"), Begun.AddMinutes(90.5)).Word.ShouldBeNull("that is soon");
        var (_, second) = Look(told, Lines("FAILED a", "FAILED b"), Begun.AddMinutes(91));
        second!.Text.ShouldBe("RUN-12 printed after 91 min:\n  FAILED b");
        second.Name.ShouldNotBe(word.Name);
    }

    [Fact]
    public void However_many_lines_fit_five_words_are_enough_and_each_is_short()
    {
        var (told, words) = (new ToldOfRun(), new List<RunWord>());
        for (var minute = 1; minute <= 100; minute++)
        {
            var (next, word) = Look(told, Lines([.. Enumerable.Range(0, minute * 1000).Select(i => $"FAILED {i}")]), Begun.AddMinutes(minute));
            told = next;
            words.AddRange(word is null ? [] : [word]);
        }

        words.Count.ShouldBe(5);
        words.ShouldAllBe(word => word.Text.Split('\n').Length <= 12);
        words[0].Text.ShouldContain("and 992 more like these");
        words[1].Text.ShouldContain("FAILED 1999");
        words[4].Text.ShouldEndWith("Further ones are told of at its end.");
    }

    [Fact]
    public void A_silence_is_told_once_and_the_next_one_again()
    {
        var quiet = Lines("FAILED a") with { LastAt = Begun.AddMinutes(1) };
        var before = new ToldOfRun(Fitting: 1, Times: 1, At: Begun);
        Look(before, quiet, Begun.AddMinutes(10)).Word.ShouldBeNull();
        var (told, word) = Look(before, quiet, Begun.AddMinutes(11));
        word!.Text.ShouldBe("RUN-12 is at work and has printed nothing for 10 min; last:\n  FAILED a");
        Look(told, quiet, Begun.AddMinutes(60)).Word.ShouldBeNull("it is the same silence");
        Look(told, quiet with { LastAt = Begun.AddMinutes(50) }, Begun.AddMinutes(61)).Word.ShouldNotBeNull();
        Look(before, quiet, Begun.AddMinutes(11), isSupervised: false).Word.ShouldBeNull("nobody reads along any more, so nobody can tell");
    }

    [Fact]
    public void The_end_shows_what_fits_and_what_came_last()
    {
        var exit = new ExitRecord("spec", 1, null, null, false, Begun.AddHours(2.5), "", 0);
        LongRunNews.Ended(Run, exit, Lines("FAILED a") with { End = ["one", "FAILED a", "2 failed, 1 passed"], Lines = 900 }, Begun.AddHours(3)).Text.ShouldBe(
            "RUN-12: it ended with exit status 1 after 2 h 30 min.\n1 of its 900 lines fit what it is watched for:\n  FAILED a\nIts last lines:\n  one\n  2 failed, 1 passed");
        LongRunNews.Ended(Run, null, null, Begun.AddSeconds(70)).Text.ShouldBe("RUN-12: nobody saw how it ended after 70 s.");
    }

    [Theory]
    [InlineData(true, "opsbot actions attach RUN-12")]
    [InlineData(false, "nobody can attach")]
    public void The_first_word_says_how_to_look_at_it(bool canAttach, string says) => LongRunNews.Begun(Run, canAttach).Text.ShouldContain(says);

    private static (ToldOfRun Told, RunWord? Word) Look(ToldOfRun told, LinesRecord lines, DateTimeOffset now, bool isSupervised = true) => LongRunNews.While(
        Run, new RunJournal { Long = new LongRun(true, ["FAILED"], TimeSpan.FromMinutes(10)), Told = told }, lines, isSupervised, now);

    private static LinesRecord Lines(params string[] fitting)
    {
        var all = fitting.Select((text, i) => new ToldLine(i + 1, Begun, text)).ToList();
        return new LinesRecord("spec", Begun.AddHours(5), all.Count, all.Count, [.. all.Take(10)], [.. all.Skip(10).TakeLast(10)], [.. fitting.TakeLast(10)]);
    }
}

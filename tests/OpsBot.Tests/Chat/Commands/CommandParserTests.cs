using OpsBot.Chat.Commands;

namespace OpsBot.Tests.Chat.Commands;

public class CommandParserTests
{
    [Theory]
    [InlineData("status", "status")]
    [InlineData("  STATUS inc-3 ", "status")]
    [InlineData("/ops why", "why")]
    [InlineData("acknowledge", "ack")]
    [InlineData("?", "help")]
    [InlineData("hello", "help")]
    [InlineData("stop: the rollback loops", "stop")]
    public void A_word_is_known_however_it_is_written(string text, string word) =>
        CommandParser.Parse(text).ShouldBeOfType<ChatCommand.Known>().Word.Word.ShouldBe(word);

    [Theory]
    [InlineData("staus", "status")]
    [InlineData("resovle INC-3", "resolve")]
    [InlineData("aprove PROP-7", "approve")]
    [InlineData("halp", "help")]
    [InlineData("digagnose checkout now please", "diagnose")]
    public void A_slip_is_met_with_a_suggestion(string text, string near) =>
        CommandParser.Parse(text).ShouldBeOfType<ChatCommand.Unknown>().Suggestion.ShouldBe(near);

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("xyzzy plugh")]
    public void A_word_that_nothing_lies_near_is_unknown_and_not_guessed(string text) =>
        CommandParser.Parse(text).ShouldBeOfType<ChatCommand.Unknown>().Suggestion.ShouldBeNull();

    [Theory]
    [InlineData("what happened to checkout last night?")]
    [InlineData("why is checkout so slow today?")]
    [InlineData("connection pool exhausted in payments")]
    [InlineData("is the queue full?")]
    public void A_question_is_a_question(string text) => CommandParser.Parse(text).ShouldBeOfType<ChatCommand.Question>();

    [Theory]
    [InlineData("")]
    [InlineData("   \t\n")]
    [InlineData(null)]
    [InlineData("/ops")]
    public void Nothing_is_nothing(string? text) => CommandParser.Parse(text).ShouldBeOfType<ChatCommand.Empty>();

    [Fact]
    public void Arguments_are_words_and_names_with_values_and_quotes_hold_together()
    {
        var run = CommandParser.Parse("run roll-back service=checkout why=\"errors rose after the deploy\" “two words” a=b=c INC-3").ShouldBeOfType<ChatCommand.Known>();
        run.Arguments.ShouldBe(["roll-back", "two words", "INC-3"]);
        run.Named.ShouldBe(new Dictionary<string, string> { ["service"] = "checkout", ["why"] = "errors rose after the deploy", ["a"] = "b=c" }, ignoreOrder: true);
        run.Rest.ShouldStartWith("roll-back service=checkout");
    }

    [Fact]
    public void An_equals_sign_in_quotes_makes_no_name() =>
        CommandParser.Parse("find \"a=b\"").ShouldBeOfType<ChatCommand.Known>().Arguments.ShouldBe(["a=b"]);

    [Fact]
    public void Whatever_it_is_given_it_says_something_of_it()
    {
        var random = new Random(7);
        const string Alphabet = "status why=\"“”\\ \n\t<@U1>'`$;|&\ud83d\ude00\u202e\0=?/";
        for (var round = 0; round < 5000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            CommandParser.Parse(text).ShouldNotBeNull();
        }

        CommandParser.Parse("run x " + new string('a', 1_000_000)).ShouldBeOfType<ChatCommand.Known>().Rest.Length.ShouldBeLessThanOrEqualTo(CommandParser.Longest);
    }

    [Fact]
    public void No_word_lies_so_near_another_that_a_slip_could_mean_both() =>
        ChatWords.All.SelectMany(word => word.Aliases.Prepend(word.Word)).GroupBy(word => word, StringComparer.OrdinalIgnoreCase).ShouldAllBe(same => same.Count() == 1);

    [Theory]
    [InlineData("2h", 7200)]
    [InlineData("45m", 2700)]
    [InlineData("1h30m", 5400)]
    [InlineData("1d", 86_400)]
    [InlineData("2", null)]
    [InlineData("h", null)]
    [InlineData("0h", null)]
    [InlineData("400d", null)]
    [InlineData("9999999h", null)]
    [InlineData("-2h", null)]
    public void A_length_of_time_is_read_as_people_write_it(string text, int? seconds) =>
        Durations.Parse(text)?.TotalSeconds.ShouldBe(seconds!.Value);
}

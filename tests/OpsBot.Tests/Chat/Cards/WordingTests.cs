using OpsBot.Chat.Cards;

namespace OpsBot.Tests.Chat.Cards;

public class WordingTests
{
    [Theory]
    [InlineData(-5, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(725, "12 min 5 s")]
    [InlineData(3_600, "1 h")]
    [InlineData(7_384, "2 h 3 min")]
    [InlineData(356_400, "4 d 3 h")]
    public void A_length_shows_its_two_largest_units(int seconds, string words) =>
        Wording.Length(TimeSpan.FromSeconds(seconds)).ShouldBe(words);

    [Theory]
    [InlineData(0, "1 %")]
    [InlineData(0.824, "82 %")]
    [InlineData(1, "99 %")]
    [InlineData(double.NaN, "?")]
    public void Nobody_is_ever_quite_sure(double probability, string words) => Wording.Percent(probability).ShouldBe(words);

    [Theory]
    [InlineData(1, "1 reply")]
    [InlineData(12_345, "12 345 replies")]
    public void Counts_agree_with_their_noun(long number, string words) => Wording.Count(number, "reply", "replies").ShouldBe(words);
}

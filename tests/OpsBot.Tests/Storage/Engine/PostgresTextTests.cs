using OpsBot.Storage.Engine;

namespace OpsBot.Tests.Storage.Engine;

public sealed class PostgresTextTests
{
    [Theory]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("\0", "\uFFFD")]
    [InlineData("\0\0x", "\uFFFD\uFFFDx")]
    [InlineData("🚒\0🚒", "🚒\uFFFD🚒")]
    public void What_the_engine_cannot_hold_is_replaced_and_nothing_else(string text, string stored) => PostgresText.Storable(text).ShouldBe(stored);

    [Theory]
    [InlineData("")]
    [InlineData("Grüße, 世界 🚒 \t\r\n\u0001\u007F")]
    [InlineData("{\"title\":\"\\u0000\"}")]
    public void Any_other_text_is_the_same_object(string text) => PostgresText.Storable(text).ShouldBeSameAs(text);

    // not as data of an attribute, which the compiler writes as UTF-8
    [Fact]
    public void Halves_of_pairs_are_replaced_one_by_one()
    {
        PostgresText.Storable("half \uD83D of a pair").ShouldBe("half \uFFFD of a pair");
        PostgresText.Storable("\uDE92 the other half first\uD83D").ShouldBe("\uFFFD the other half first\uFFFD");
        PostgresText.Storable("\uD83D\uD83D\uDE92").ShouldBe("\uFFFD\uD83D\uDE92");
    }
}

using OpsBot.Knowledge.Search;
using OpsBot.Runtime.Search;

namespace OpsBot.Tests.Runtime.Search;

public class WordsTests
{
    [Theory]
    [InlineData("expires", "expiration")]
    [InlineData("expiring", "expired")]
    [InlineData("failing", "failures")]
    [InlineData("evaluates", "evaluation")]
    [InlineData("stopped", "stop")]
    [InlineData("latencies", "latency")]
    [InlineData("queued", "queues")]
    [InlineData("crashes", "crash")]
    public void Forms_of_a_word_share_a_stem(string one, string other) => Stemmer.Stem(one).ShouldBe(Stemmer.Stem(other));

    [Theory]
    [InlineData("status", "stat")]
    [InlineData("p99", "p9")]
    [InlineData("certificate", "certain")]
    [InlineData("node", "not")]
    public void Words_that_only_look_like_forms_keep_apart(string one, string other) => Stemmer.Stem(one).ShouldNotBe(Stemmer.Stem(other));

    [Theory]
    [InlineData("KubePodCrashLooping", "kube pod crash looping")]
    [InlineData("node_filesystem_avail_bytes", "node filesystem avail bytes")]
    [InlineData("high-error-rate", "high error rate")]
    [InlineData("HTTPErrorsHigh", "http errors high")]
    [InlineData("TooManyPVCs", "too many pvcs")]
    [InlineData("OOMKilled", "oom killed")]
    public void An_identifier_gives_its_parts_and_then_itself(string identifier, string parts)
    {
        var words = Words.Of(identifier);

        words.Where(w => !w.Whole).Select(w => w.Text).ShouldBe(parts.Split(' '));
        words[^1].Whole.ShouldBeTrue();
        words[^1].Term.ShouldBe(identifier.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant());
    }

    [Fact]
    public void A_megabyte_of_words_is_read_up_to_the_bound() =>
        Words.Of(string.Concat(Enumerable.Repeat("disk ", 300_000))).Count.ShouldBe(Words.MaxWords);

    [Fact]
    public void Synonyms_go_both_ways()
    {
        OpsSynonyms.Of(Stemmer.Stem("oom")).ShouldContain(Stemmer.Stem("memory"));
        OpsSynonyms.Of(Stemmer.Stem("memory")).ShouldContain(Stemmer.Stem("oom"));
        OpsSynonyms.Of(Stemmer.Stem("checkout")).ShouldBeEmpty();
    }
}

using OpsBot.Contracts.Apis;
using OpsBot.Diagnosis.Triage;
using OpsBot.Evidence;
using OpsBot.Signals.LogTemplates;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Diagnosis;

/// <summary>Which errors speak of what a change broke, and what that does to the ranking.</summary>
public class ContractJoinTests
{
    private static readonly ApiChange Currency = new("field-removed", "GET /prices → 200 → currency", "currency", "removed {}", ["currency"], ApiChangeSeverity.Breaking);

    [Theory]
    [InlineData("unknown field currency", true)]
    [InlineData("KeyError: 'currency'", true)]
    [InlineData("Cannot read property Currency of undefined", true)]
    [InlineData("unknown field currencyCode", false)]
    [InlineData("unknown field multicurrency", false)]
    [InlineData("could not pay in another currency", false)]
    [InlineData("timeout", false)]
    public void A_field_is_named_as_a_whole_word_by_a_line_that_complains(string line, bool matches) => (ContractWords.Match(Currency, line) is not null).ShouldBe(matches);

    [Theory]
    [InlineData("currencyCode", "missing field currency_code", true)]
    [InlineData("currency_code", "missing currencyCode", true)]
    [InlineData("x-market", "missing header X-Market", true)]
    [InlineData("/prices/{id}", "GET /prices/7?a=b: 404", true)]
    [InlineData("/prices/{id}", "GET /prices: 404", false)]
    [InlineData("/prices/{id}", "GET /prices/7/parts: 404", false)]
    [InlineData("/{id}", "GET /prices: 404", false)]
    [InlineData("shop.Pricing/GetPrice", "shop.Pricing/GetPrice: Unimplemented", true)]
    [InlineData("id", "unknown field id", false)]
    [InlineData("id", "unknown field id of prices", true)]
    [InlineData("status", "status 503 invalid", false)]
    public void Names_are_found_however_they_are_written_and_common_ones_only_with_another(string word, string line, bool matches) =>
        (ContractWords.Match(Currency with { Words = [word] }, line) is not null).ShouldBe(matches);

    [Fact]
    public void The_provider_is_blamed_and_without_a_description_the_ranking_is_as_ever()
    {
        var plain = Rank(Case(null));
        var joined = Rank(Case(Currency));
        var cause = joined.Causes[0];
        (cause.Service, cause.Change!.Change.Record.Id).ShouldBe(("pricing", "rel-1"));
        cause.Change.Joins.ShouldHaveSingleItem().Sentence(line => line).ShouldBe("checkout began to log 'unknown field currency' 4 minutes after pricing 2.4 removed it");
        plain.Causes.ShouldAllBe(other => other.Change == null || other.Change.Joins.Count == 0);
        Describe(Rank(Case(Currency with { Words = ["discount"] }))).ShouldBe(Describe(plain), "a break that no error names changes nothing");
        joined.Causes[0].Confidence.ShouldBeGreaterThan(0.5);
    }

    [Theory]
    [InlineData("it was there before", 10, 48)]
    [InlineData("it began before the change", 44, 48)]
    [InlineData("the change came after the alert", 50, 56)]
    public void An_error_is_not_joined_where(string why, int firstMinute, double changeMinute) =>
        Rank(Case(Currency, firstMinute, changeMinute)).Causes.ShouldAllBe(cause => cause.Change == null || cause.Change.Joins.Count == 0, why);

    [Fact]
    public void A_quote_is_cut_around_the_word_after_it_was_made_fit_to_be_shown()
    {
        var line = $"ERROR {new string('a', 300)} secret-of-ours unknown field currency {new string('b', 300)}";
        var sentence = Rank(Case(Currency, line: line)).Causes[0].Change!.Joins[0].Sentence(text => text.Replace("secret-of-ours", "[redacted]", StringComparison.Ordinal));
        sentence.ShouldContain("[redacted] unknown field currency b");
        sentence.Length.ShouldBeLessThan(250);
    }

    private static TriageResult Rank(TriageCase triage) => TriageRanking.Rank(triage);

    private static IReadOnlyList<string> Describe(TriageResult result) => [.. result.Causes.Select(cause => $"{cause.Service} {cause.Change?.Change.Record.Id} {cause.Score} {cause.Confidence}")];

    private static TriageCase Case(ApiChange? broken, int firstMinute = 50, double changeMinute = 46, string line = "ERROR unknown field currency")
    {
        var pricing = Some.Change(service: "pricing", minute: changeMinute) with { Version = "2.4", Contracts = broken is null ? [] : [new ContractComparison("", "2.4", "2.3", [broken])] };
        var other = Some.Change("rel-2", service: "checkout", minute: 49, summary: "checkout: currency field of the form");
        return new TriageCase(
            Some.Incident("checkout"), Some.Window, null,
            new Observations { Logs = [Digest(firstMinute, line)], Changes = [pricing, other], Calls = [("checkout", "pricing"), ("shop", "checkout")] });
    }

    private static LogDigest Digest(int firstMinute, string line)
    {
        var counts = Enumerable.Range(0, 60).Select(minute => minute >= firstMinute ? 5 : 0).ToArray();
        return new LogDigest(
            60_000, Some.LogStart.ToUnixTimeMilliseconds(), 60, counts.Sum(),
            [
                new TemplateCount(
                    "checkout", "checkout-1", line, "ERROR", counts, 0, counts.Sum(), Some.LogStart.AddMinutes(firstMinute).ToUnixTimeMilliseconds(),
                    Some.LogStart.AddMinutes(59).ToUnixTimeMilliseconds(), [line], "checkout/app.log:1"),
            ],
            null);
    }
}

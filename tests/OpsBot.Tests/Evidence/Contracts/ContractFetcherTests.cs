using Microsoft.Extensions.Options;
using OpsBot.Evidence.Contracts;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Evidence.Contracts;

public class ContractFetcherTests
{
    private const string Allowed = "https://artifacts.test/contracts/";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://artifacts.test/contracts/pricing.yaml", true)]
    [InlineData("HTTPS://ARTIFACTS.TEST/contracts/pricing.yaml?v=2", true)]
    [InlineData("http://artifacts.test/contracts/pricing.yaml", false)]
    [InlineData("https://artifacts.test:8443/contracts/pricing.yaml", false)]
    [InlineData("https://artifacts.test.evil.test/contracts/pricing.yaml", false)]
    [InlineData("https://artifacts.test@evil.test/contracts/pricing.yaml", false)]
    [InlineData("https://user:pw@artifacts.test/contracts/pricing.yaml", false)]
    [InlineData("https://artifacts.test/contracts/../secrets", false)]
    [InlineData("https://artifacts.test/contracts/%2e%2e/secrets", false)]
    [InlineData("https://artifacts.test/contracts/..%2fsecrets", false)]
    [InlineData("https://artifacts.test/contracts\\..\\secrets", false)]
    [InlineData("https://artifacts.test/contractsecrets", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("//artifacts.test/contracts/a", false)]
    [InlineData("pricing.yaml", false)]
    public async Task Only_what_is_below_an_allowed_address_is_asked_for(string link, bool allowed)
    {
        var server = new Some.FakeServer((_, _) => (200, "{}"));
        var fetched = await Fetcher(server).FetchAsync(link, Token);
        (fetched.Document is not null, server.Asked).ShouldBe((allowed, allowed ? 1 : 0));
        if (!allowed)
        {
            fetched.Problem.ShouldBe("the link is below none of the addresses in contracts.allow, and was not followed");
        }
    }

    [Fact]
    public async Task Nothing_is_fetched_where_nothing_is_allowed() =>
        (await Fetcher(new Some.FakeServer((_, _) => (200, "{}")), allow: []).FetchAsync(Allowed + "a", Token)).Problem.ShouldNotBeNull().ShouldContain("contracts.allow");

    [Theory]
    [InlineData(302, "https://artifacts.test answered 302, a redirect, which is not followed", false)]
    [InlineData(403, "https://artifacts.test answered 403", false)]
    [InlineData(404, "https://artifacts.test answered 404", true)]
    [InlineData(503, "https://artifacts.test answered 503", true)]
    public async Task A_refusal_is_told_and_some_may_pass(int status, string problem, bool mayCome)
    {
        var fetched = await Fetcher(new Some.FakeServer((_, _) => (status, "{}"))).FetchAsync(Allowed + "a", Token);
        (fetched.Document, fetched.Problem, fetched.MayCome).ShouldBe((null, problem, mayCome));
    }

    [Fact]
    public async Task A_document_that_is_too_large_is_not_kept() =>
        (await Fetcher(new Some.FakeServer((_, _) => (200, new string('x', 2_000)))).FetchAsync(Allowed + "a", Token)).Problem
            .ShouldBe("the document at https://artifacts.test is larger than 1,024 bytes (contracts.maxBytes)");

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        var fetched = await Fetcher(new Some.FakeServer((_, _) => (200, "")) { Hangs = true }).FetchAsync(Allowed + "a", Token);
        fetched.Problem.ShouldBe("https://artifacts.test did not give the document within 0.2 s (contracts.timeout)");
    }

    [Theory]
    [InlineData("https://host/path/", true)]
    [InlineData("https://host", true)]
    [InlineData("ftp://host/", false)]
    [InlineData("https://user@host/", false)]
    [InlineData("https://host/?a=b", false)]
    [InlineData("host/path", false)]
    public void An_address_to_begin_with_is_checked(string prefix, bool usable) => (AllowedAddresses.Prefix(prefix) is not null).ShouldBe(usable);

    private static ContractFetcher Fetcher(Some.FakeServer server, List<string>? allow = null) => new(
        server, Options.Create(new ContractOptions { Allow = allow ?? [Allowed], MaxBytes = 1_024, Timeout = TimeSpan.FromMilliseconds(200) }), TimeProvider.System);
}

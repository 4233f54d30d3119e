using Microsoft.Extensions.Options;
using OpsBot.Actions.People;
using OpsBot.Host.Serving;
using OpsBot.Host.WebConsole;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Console;

public class ConsoleOptionsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8081")]
    [InlineData("http://127.9.9.9:1")]
    [InlineData("http://localhost:8081;http://[::1]:8082")]
    public void On_loopback_no_token_is_needed(string urls) => Validate(urls).ShouldBeNull();

    [Theory]
    [InlineData("http://0.0.0.0:8081")]
    [InlineData("http://*:8081")]
    [InlineData("http://+:8081")]
    [InlineData("http://[::]:8081")]
    [InlineData("http://10.1.2.3:8081")]
    [InlineData("http://127.0.0.1:8081;http://192.168.0.4:8081")]
    public void On_any_other_address_it_refuses_to_start_without_a_token(string urls)
    {
        Validate(urls).ShouldNotBeNull().ShouldContain("console.token");
        Validate(urls, "a-token-of-some-length").ShouldBeNull();
    }

    [Fact]
    public void People_who_can_log_in_serve_as_well_as_the_token_of_readers()
    {
        Validate("http://0.0.0.0:8081", person: [Some.Ada("her-token-of-some-length")]).ShouldBeNull();
        Validate("http://0.0.0.0:8081", person: [new PersonOptions { Id = "ada" }]).ShouldNotBeNull().ShouldContain("opsbot people token");
    }

    [Fact]
    public void A_name_of_its_own_means_a_proxy_and_needs_a_token_too()
    {
        Validate("http://127.0.0.1:8081", hosts: ["ops.example.com"]).ShouldNotBeNull().ShouldContain("ops.example.com");
        Validate("http://127.0.0.1:8081", hosts: ["localhost"]).ShouldBeNull();
    }

    [Theory]
    [InlineData("http://ops.example.com:8081", "names the host")]
    [InlineData("https://127.0.0.1:8081", "TLS")]
    [InlineData("127.0.0.1:8081", "not an address")]
    [InlineData("http://127.0.0.1:8081/console", "not an address")]
    [InlineData("http://unix:/tmp/x.sock", "")]
    [InlineData(" ; ", "empty")]
    [InlineData("", "required")]
    public void What_cannot_be_listened_on_is_refused_with_the_reason(string urls, string reason) =>
        Validate(urls, "a-token-of-some-length").ShouldNotBeNull().ShouldContain(reason);

    [Theory]
    [InlineData("http://127.0.0.1:7070", true)]
    [InlineData("http://127.0.0.1:7071;http://127.0.0.1:7070", true)]
    [InlineData("http://127.0.0.1:7071", false)]
    [InlineData("http://127.0.0.1:0", false)]
    public void An_address_of_the_webhooks_is_not_the_consoles(string urls, bool refused) =>
        (Validate(urls) is { } problem && problem.Contains("7070", StringComparison.Ordinal)).ShouldBe(refused);

    [Theory]
    [InlineData("short")]
    [InlineData("sha256:abc")]
    public void A_weak_or_broken_token_is_refused_without_repeating_it(string token)
    {
        var problem = Validate("http://127.0.0.1:8081", token).ShouldNotBeNull();
        problem.ShouldNotContain(token);
    }

    [Fact]
    public async Task The_program_does_not_start_with_an_open_console()
    {
        var problem = await Should.ThrowAsync<OptionsValidationException>(() => ConsoleUnderTest.StartAsync(
            TestContext.Current.CancellationToken, o => o.Urls = "http://0.0.0.0:0"));
        problem.Message.ShouldContain("0.0.0.0");
        problem.Message.ShouldContain("openssl rand");
    }

    [Fact]
    public async Task A_taken_port_is_named_with_the_next_step()
    {
        await using var first = await ConsoleUnderTest.StartAsync(TestContext.Current.CancellationToken);
        var problem = await Should.ThrowAsync<IOException>(() => ConsoleUnderTest.StartAsync(
            TestContext.Current.CancellationToken, o => o.Urls = $"http://127.0.0.1:{first.Address.Port}"));
        problem.Message.ShouldContain("console.urls");
    }

    private static string? Validate(string urls, string? token = null, string[]? hosts = null, PersonOptions[]? person = null)
    {
        var people = new PeopleOptions();
        people.AddRange(person ?? []);
        var result = new ConsoleOptionsValidator(Options.Create(people), Options.Create(new ListenOptions { Urls = "http://127.0.0.1:7070;http://*:0" })).Validate(null, new ConsoleOptions { Urls = urls, Token = token, AllowedHosts = hosts ?? [] });
        return result.Failed ? result.FailureMessage : null;
    }
}

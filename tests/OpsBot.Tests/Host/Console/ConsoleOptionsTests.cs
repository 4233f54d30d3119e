using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsBot.Actions.People;
using OpsBot.Host.Configuration;
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
    [InlineData("http://localhost:7070", true)]
    [InlineData("http://*:7070", true)]
    [InlineData("http://0.0.0.0:7070", true)]
    [InlineData("http://[::]:7070", true)]
    [InlineData("http://127.0.0.2:7070", false)]
    [InlineData("http://127.0.0.1:7071", false)]
    [InlineData("http://127.0.0.1:0", false)]
    [InlineData("http://127.0.0.1:7072", true)]
    [InlineData("http://[::1]:7072", true)]
    [InlineData("http://127.0.0.1:7073", true)]
    public void An_address_of_the_webhooks_is_not_the_consoles(string urls, bool refused) =>
        (Validate(urls, "a-token-of-some-length", on: "http://127.0.0.1:7070;http://*:7072;http://ops.example.com:7073;http://*:0") is { } problem
            && problem.Contains("where the webhooks listen", StringComparison.Ordinal)).ShouldBe(refused);

    [Fact]
    public void The_check_of_a_configuration_says_where_the_consoles_address_meets_one_of_the_webhooks()
    {
        Check("listen: { urls: \"http://*:7070\" }", "console:", "  urls: http://127.0.0.1:7070").ShouldBe(
            "opsbot.yaml:3: console.urls: 'http://127.0.0.1:7070' has the port of 'http://*:7070', where the webhooks listen (listen.urls); the console needs a port of its own.");
        Check("console: { urls: \"http://127.0.0.1:7070\" }", "listen:", "  urls: http://127.0.0.1:7071;http://0.0.0.0:7070").ShouldStartWith("opsbot.yaml:1: console.urls: ");
        Check("", "listen:", "  urls: http://0.0.0.0:8081").ShouldBe(
            "opsbot.yaml:3: listen.urls: 'http://0.0.0.0:8081' takes port 8081, where the console listens ('http://127.0.0.1:8081', console.urls); each needs a port of its own.");
        Check("listen: { urls: nowhere }", "console: { urls: \"http://127.0.0.1:7070\" }").ShouldStartWith("opsbot.yaml:1: listen.urls: 'nowhere' is not an address");
        Check("listen: { urls: \"http://0.0.0.0:8081\" }", "serve: { roles: [ worker ] }", "store: { postgres: \"Host=127.0.0.1\" }").ShouldBeEmpty();
    }

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

    private static string Check(params string[] lines)
    {
        var loaded = OpsBotConfiguration.Parse(string.Join('\n', lines));
        var services = new ServiceCollection().AddLogging().AddOpsBot(loaded, new ServeSettings(Path.GetTempPath()));
        using var provider = services.BuildServiceProvider();
        return string.Join('\n', ConfigurationCheck.Run(loaded, services.Sections(), provider));
    }

    private static string? Validate(string urls, string? token = null, string[]? hosts = null, PersonOptions[]? person = null, string on = "http://127.0.0.1:7070;http://*:0")
    {
        var people = new PeopleOptions();
        people.AddRange(person ?? []);
        var result = new ConsoleOptionsValidator(Options.Create(people), Options.Create(new ListenOptions { Urls = on }), Options.Create(new ServeOptions())).Validate(null, new ConsoleOptions { Urls = urls, Token = token, AllowedHosts = hosts ?? [] });
        return result.Failed ? result.FailureMessage : null;
    }
}

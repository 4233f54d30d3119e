using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OpsBot.Host.Configuration;
using OpsBot.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress;

public sealed class SendersOptionsTests
{
    [Fact]
    public void Nothing_configured_is_fine_and_maps_nothing()
    {
        Failures(_ => { }).ShouldBeEmpty();
        Senders.Configured(new SendersOptions(), ShippedMappings.Library, TimeProvider.System).ShouldBeEmpty();
    }

    [Fact]
    public void Every_sender_with_a_secret_is_fine() => Failures(Some.AllSenders).ShouldBeEmpty();

    [Fact]
    public void Every_sender_without_a_secret_is_refused_with_its_key_and_the_next_step()
    {
        var failures = Failures(options =>
            (options.PagerDuty, options.Alertmanager, options.Grafana, options.GitHub, options.CloudEvents) = (new(), new(), new(), new(), new()));

        failures.Count.ShouldBe(5);
        foreach (var (failure, key) in failures.Zip(["pagerduty.secrets", "alertmanager.bearer", "grafana.bearer", "github.secrets", "cloudevents.bearer"]))
        {
            failure.ShouldStartWith($"senders.{key}");
            failure.ShouldContain("insecure: true");
        }
    }

    [Fact]
    public void A_sender_that_is_declared_insecure_needs_no_secret() =>
        Failures(options => (options.PagerDuty, options.CloudEvents) = (new() { Insecure = true }, new() { Insecure = true })).ShouldBeEmpty();

    [Fact]
    public void A_blank_secret_is_refused_because_anybody_can_sign_with_it()
    {
        var failures = Failures(options =>
        {
            options.PagerDuty = new() { Secrets = ["good", " "], Insecure = true };
            options.Alertmanager = new() { Bearer = "", Insecure = true };
            options.Grafana = new() { Basic = new() { User = "grafana" } };
        });

        failures.Count.ShouldBe(3);
        failures.ShouldAllBe(failure => failure.Contains("blank"));
        failures.ShouldAllBe(failure => !failure.Contains("good"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void A_body_limit_has_bounds(int limit) =>
        Failures(options => options.GitHub = new() { Secrets = ["s"], MaxBodyMiB = limit }).ShouldHaveSingleItem().ShouldStartWith("senders.github: ");

    [Fact]
    public async Task The_start_fails_where_anybody_could_send()
    {
        var failed = await Should.ThrowAsync<OptionsValidationException>(() => IngressApp.StartAsync(options => options.GitHub = new()));

        failed.Message.ShouldContain("senders.github.secrets");
    }

    [Fact]
    public void The_configuration_binds_as_the_sample_says()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["senders:pagerduty:secrets:0"] = "one",
            ["senders:pagerduty:secrets:1"] = "two",
            ["senders:alertmanager:basic:user"] = "u",
            ["senders:alertmanager:basic:password"] = "p",
            ["senders:github:insecure"] = "true",
            ["senders:github:services:acme/cart"] = "cart",
            ["senders:github:maxBodyMiB"] = "5",
        }).Build();

        var options = configuration.GetSection(SendersOptions.Section).Get<SendersOptions>()!;

        options.PagerDuty!.Secrets.ShouldBe(["one", "two"]);
        options.Alertmanager!.Basic!.Password.ShouldBe("p");
        options.GitHub!.Services["acme/cart"].ShouldBe("cart");
        (options.GitHub.Insecure, options.GitHub.MaxBodyMiB, options.PagerDuty.MaxBodyMiB).ShouldBe((true, 5, 8));
        options.Grafana.ShouldBeNull();
    }

    [Fact]
    public void GitHub_may_send_25_MiB_and_the_others_8() =>
        (new SendersOptions { GitHub = new(), Grafana = new() } is { GitHub.MaxBodyMiB: 25, Grafana.MaxBodyMiB: 8 }).ShouldBeTrue();

    private static IReadOnlyList<string> Failures(Action<SendersOptions> configure)
    {
        var options = new SendersOptions();
        configure(options);
        return [.. new SendersOptionsValidator(ShippedMappings.Library).Validate(null, options).Failures ?? []];
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsBot.Host.Configuration;

namespace OpsBot.Tests.Host.Configuration;

public sealed class BindingTests
{
    [Fact]
    public void Every_shape_of_option_is_filled()
    {
        var options = ConfigFixture.Bind(
            """
            sample:
              limit: 7
              timeout: 1m30s
              enabled: true
              floor: 0.25
              mode: several-hosts
              url: https://prometheus.example:9090/x
              name: 0123
              secrets: [one-secret, "two: secret"]
              urls: [http://127.0.0.1:1, http://127.0.0.1:2]
              ports: [80, 443]
              labels: [a, b, a]
              filled: [mine]
              services: {b: new}
              senders: {pager: {maxBodyMiB: 3}, other: }
              optional: {}
              nested: {token: long-enough}
              many: [{maxBodyMiB: 1}, {maxBodyMiB: 2}]
              maxRows: 5
            """);

        options.ShouldSatisfyAllConditions(
            () => options.Limit.ShouldBe(7),
            () => options.Timeout.ShouldBe(TimeSpan.FromSeconds(90)),
            () => options.Enabled.ShouldBeTrue(),
            () => options.Floor.ShouldBe(0.25),
            () => options.Mode.ShouldBe(SampleMode.SeveralHosts),
            () => options.Url.ShouldBe(new Uri("https://prometheus.example:9090/x")),
            () => options.Name.ShouldBe("0123"),
            () => options.Secrets.ShouldBe(["one-secret", "two: secret"]),
            () => options.Urls.Select(url => url.Port).ShouldBe([1, 2]),
            () => options.Ports.ShouldBe([80, 443]),
            () => options.Labels.Order().ShouldBe(["a", "b"]),
            () => options.Filled.ShouldBe(["mine"]),
            () => options.Services.ShouldBe(new Dictionary<string, string> { ["a"] = "kept", ["b"] = "new" }, ignoreOrder: true),
            () => options.Senders.Keys.Order().ShouldBe(["other", "pager"]),
            () => options.Senders["pager"].MaxBodyMiB.ShouldBe(3),
            () => options.Optional.ShouldNotBeNull(),
            () => options.Nested.Token.ShouldBe("long-enough"),
            () => options.Many.Select(item => item.MaxBodyMiB).ShouldBe([1, 2]),
            () => options.MaxRows.ShouldBe(5));
    }

    [Fact]
    public void What_is_not_written_keeps_its_default()
    {
        var options = ConfigFixture.Bind("sample:\n  limit:\n  ports:\n  nested: ~\n");
        options.Limit.ShouldBe(10);
        options.Ports.ShouldBe([1, 2]);
        options.Filled.ShouldBe(["default"]);
        options.Optional.ShouldBeNull();
        options.Nested.MaxBodyMiB.ShouldBe(8);
    }

    [Fact]
    public void Options_that_do_not_hold_are_never_handed_out()
    {
        var loaded = OpsBotConfiguration.Parse("sample:\n  limit: 0\n  timeout: soon\n");
        using var services = new ServiceCollection().AddSection<SampleOptions>(loaded, "sample").BuildServiceProvider();
        var error = Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IOptions<SampleOptions>>().Value);
        error.Failures.ShouldContain("opsbot.yaml:3: sample.timeout: 'soon' is not a duration; write 30s, 5m, 2h, 7d or hh:mm:ss");
        error.Failures.ShouldContain(failure => failure.Contains("sample.limit", StringComparison.Ordinal));
    }

    [Fact]
    public void A_section_is_registered_once()
    {
        var loaded = OpsBotConfiguration.Parse("");
        var services = new ServiceCollection().AddSection<SampleOptions>(loaded, "sample");
        Should.Throw<InvalidOperationException>(() => services.AddSection<SampleRequired>(loaded, "Sample"));
        Should.Throw<InvalidOperationException>(() => services.AddSection<SampleOptions>(loaded, "other"));
        services.Sections().ShouldBe([new ConfigSection("sample", typeof(SampleOptions))]);
    }

    [Fact]
    public void The_plain_configuration_has_the_same_values_and_each_key_its_line()
    {
        var loaded = OpsBotConfiguration.Parse("sample:\n  ports:\n    - 80\n    - 90\n", environment: ConfigFixture.Env(("OPSBOT__SAMPLE__NAME", "x")));
        loaded.Configuration["Sample:Ports:1"].ShouldBe("90");
        loaded.Configuration["sample:name"].ShouldBe("x");
        loaded.LineOf("sample.ports").ShouldBe(3);
        loaded.LineOf("sample.name").ShouldBe(0);
        loaded.LineOf("nothing.here").ShouldBe(0);
    }

    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("7d", 604800)]
    [InlineData("1h30m15s", 5415)]
    [InlineData("01:02:03", 3723)]
    [InlineData("1.00:00:00", 86400)]
    [InlineData("0", 0)]
    [InlineData("+05:30", 19800)]
    [InlineData("-03:00", -10800)]
    public void A_duration_is_read_as_people_write_it(string text, double seconds)
    {
        Durations.TryParse(text, out var duration).ShouldBeTrue();
        duration.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5w")]
    [InlineData("s")]
    [InlineData("5s5m")]
    [InlineData("5s5s")]
    [InlineData("1..5s")]
    [InlineData("-00:00:05")]
    [InlineData("99999999999999d")]
    [InlineData("1e9s")]
    [InlineData("5S")]
    public void A_duration_that_could_mean_two_things_is_refused(string text) => Durations.TryParse(text, out _).ShouldBeFalse();
}

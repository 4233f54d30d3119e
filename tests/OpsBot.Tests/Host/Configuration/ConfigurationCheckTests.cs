using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsBot.Host.Configuration;

namespace OpsBot.Tests.Host.Configuration;

public sealed class ConfigurationCheckTests
{
    [Theory]
    [InlineData("smaple:\n  limit: 3\n", "opsbot.yaml:1: unknown key 'smaple'; did you mean 'sample'?")]
    [InlineData("sample:\n  limit: 3\n  time_out: 5s\n", "opsbot.yaml:3: unknown key 'sample.time_out'; did you mean 'timeout'?")]
    [InlineData("sample:\n  nested:\n    maxBodyMib: 3\n    tokn: x\n", "opsbot.yaml:4: unknown key 'sample.nested.tokn'; did you mean 'token'?")]
    [InlineData("sample:\n  many:\n    - token: long enough\n    - tocken: x\n", "opsbot.yaml:4: unknown key 'sample.many[1].tocken'; did you mean 'token'?")]
    [InlineData("sample:\n  senders:\n    a:\n      zzz: 1\n", "opsbot.yaml:4: unknown key 'sample.senders.a.zzz'; known here: maxBodyMiB, token")]
    [InlineData("sample:\n  computed: x\n", "opsbot.yaml:2: unknown key 'sample.computed'")]
    public void An_unknown_key_is_named_with_its_line_and_what_was_probably_meant(string yaml, string expected) =>
        ConfigFixture.Problems(yaml).ShouldHaveSingleItem().ShouldStartWith(expected);

    [Theory]
    [InlineData("limit: many", "sample.limit: 'many' is not a whole number that fits here")]
    [InlineData("limit: 99999999999", "sample.limit: '99999999999' is not a whole number that fits here")]
    [InlineData("limit: [1]", "sample.limit: expects one value, found a list")]
    [InlineData("limit: {a: 1}", "sample.limit: expects one value, found a map of keys")]
    [InlineData("enabled: yes", "sample.enabled: 'yes' is not true or false")]
    [InlineData("floor: much", "sample.floor: 'much' is not a number such as 0.5")]
    [InlineData("floor: NaN", "sample.floor: 'NaN' is not a number such as 0.5")]
    [InlineData("timeout: 30", "sample.timeout: '30' is not a duration; write 30s, 5m, 2h, 7d or hh:mm:ss")]
    [InlineData("mode: cluster", "sample.mode: 'cluster' is not one of embedded, several-hosts")]
    [InlineData("mode: 1", "sample.mode: '1' is not one of embedded, several-hosts")]
    [InlineData("url: localhost:9090", "sample.url: 'localhost:9090' is not a full URL; write it as http://host:port/path")]
    [InlineData("url: /metrics", "sample.url: '/metrics' is not a full URL; write it as http://host:port/path")]
    [InlineData("urls: [\"http://a\", x]", "sample.urls[1]: 'x' is not a full URL; write it as http://host:port/path")]
    [InlineData("urls: http://a", "sample.urls: expects a list; write '- value' lines under it, or [a, b], found one value")]
    [InlineData("labels: [a, ]\n  ports: [80, , 90]", "is not valid YAML")]
    [InlineData("labels:\n    - a\n    -", "sample.labels[1]: the list item is empty; write a value or take the line out")]
    [InlineData("services: [a]", "sample.services: expects keys below it")]
    [InlineData("services: {b: }", "sample.services.b: needs a value")]
    [InlineData("nested: true", "sample.nested: expects keys below it, not one value")]
    [InlineData("optional: true", "sample.optional: expects keys below it")]
    [InlineData("maxRows: few", "sample.maxRows: 'few' is not a whole number")]
    public void A_value_of_the_wrong_type_is_named_with_what_to_write(string line, string expected) =>
        ConfigFixture.Problems($"sample:\n  {line}\n").ShouldHaveSingleItem().ShouldContain(expected);

    [Theory]
    [InlineData("limit: 101", "opsbot.yaml:2: sample.limit: must be between 1 and 100; it is '101'")]
    [InlineData("timeout: 5m", "opsbot.yaml:2: sample.timeout: must be between 00:00:01 and 00:02:00; it is '5m'")]
    [InlineData("nested:\n    maxBodyMiB: 0", "opsbot.yaml:3: sample.nested.maxBodyMiB: must be between 1 and 100; it is '0'")]
    [InlineData("many:\n    - maxBodyMiB: 5\n    - maxBodyMiB: 500", "opsbot.yaml:4: sample.many[1].maxBodyMiB: must be between 1 and 100; it is '500'")]
    [InlineData("senders:\n    'a.b/c':\n      maxBodyMiB: 500", "opsbot.yaml:4: sample.senders.a.b/c.maxBodyMiB: must be between 1 and 100; it is '500'")]
    [InlineData("enabled: true", "opsbot.yaml:2: sample.enabled: needs a url when enabled is true")]
    public void A_bound_that_is_crossed_is_named_with_its_line(string line, string expected) =>
        ConfigFixture.Problems($"sample:\n  {line}\n").ShouldHaveSingleItem().ShouldBe(expected);

    [Fact]
    public void All_problems_are_told_at_once_in_the_order_of_the_file() =>
        ConfigFixture.Problems("sample:\n  limit: 0\n  timeout: soon\n  limmit: 3\nother: 1\n").ShouldBe(
        [
            "opsbot.yaml:2: sample.limit: must be between 1 and 100; it is '0'",
            "opsbot.yaml:3: sample.timeout: 'soon' is not a duration; write 30s, 5m, 2h, 7d or hh:mm:ss",
            "opsbot.yaml:4: unknown key 'sample.limmit'; did you mean 'limit'?",
            "opsbot.yaml:5: unknown key 'other'; known here: sample",
        ]);

    [Fact]
    public void A_required_value_that_nobody_wrote_points_at_its_section() =>
        ConfigFixture.ProblemsWith("\ncloud:\n  region: ''\n", new ConfigSection("cloud", typeof(SampleRequired)))
            .ShouldHaveSingleItem().ShouldStartWith("opsbot.yaml:3: cloud.region: is required");

    [Fact]
    public void A_section_inside_another_is_no_unknown_key_of_it()
    {
        ConfigSection[] sections = [new("sample", typeof(SampleOptions)), new("sample.cloud", typeof(SampleRequired)), new("deep.er.cloud", typeof(SampleSender))];
        ConfigFixture.ProblemsWith("sample:\n  limit: 3\n  cloud: {region: x}\ndeep: {er: {cloud: {maxBodyMiB: 3}}}\n", sections).ShouldBeEmpty();
        ConfigFixture.ProblemsWith("sample:\n  cloud: {region: x, zone: y}\ndeep: {er: {clod: {}}}\n", sections).ShouldBe(
        [
            "opsbot.yaml:2: unknown key 'sample.cloud.zone'; known here: region",
            "opsbot.yaml:3: unknown key 'deep.er.clod'; did you mean 'cloud'?",
        ]);
        ConfigFixture.ProblemsWith("sample: {cloud: {region: x}}\ndeep: 7\n", sections).ShouldHaveSingleItem().ShouldContain("deep: expects keys below it");
    }

    [Fact]
    public void A_validator_of_the_feature_is_asked_too_and_points_at_the_key_it_names()
    {
        var loaded = OpsBotConfiguration.Parse("\nsample:\n  limit: 50\n  nested:\n    maxBodyMiB: 3\n");
        using var services = new ServiceCollection().AddSection<SampleOptions>(loaded, "sample")
            .AddSingleton<IValidateOptions<SampleOptions>>(new NoFifty()).BuildServiceProvider();

        ConfigurationCheck.Run(loaded, services.GetServices<ConfigSection>(), services)
            .Select(problem => problem.ToString()).ShouldBe(["opsbot.yaml:3: sample: fifty is not allowed", "opsbot.yaml:5: sample.nested.token is missing"]);
    }

    [Fact]
    public void A_message_cannot_steer_the_terminal_or_fill_the_screen()
    {
        var problem = ConfigFixture.Problems("sample:\n  limit: \"\\e[2J" + new string('x', 5_000) + "\"\n").ShouldHaveSingleItem();
        problem.ShouldNotContain('\u001b');
        problem.Length.ShouldBeLessThan(200);
    }

    private sealed class NoFifty : IValidateOptions<SampleOptions>
    {
        public ValidateOptionsResult Validate(string? name, SampleOptions options) =>
            options.Limit == 50 ? ValidateOptionsResult.Fail(["fifty is not allowed", "sample.nested.token is missing"]) : ValidateOptionsResult.Success;
    }
}

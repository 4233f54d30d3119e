using OpsBot.Host.Configuration;

namespace OpsBot.Tests.Host.Configuration;

public sealed class EnvironmentAndSecretTests : IDisposable
{
    private const string Secret = "hunter2-hunter2";
    private readonly string _folder = Directory.CreateTempSubdirectory("opsbot-secret-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_environment_lies_over_the_file_and_case_does_not_matter()
    {
        var options = ConfigFixture.Bind(
            "sample:\n  limit: 3\n  secrets: [file-secret]\n  nested: {maxBodyMiB: 4}\n",
            ConfigFixture.Env(
                ("OPSBOT__SAMPLE__LIMIT", "5"), ("OPSBOT__SAMPLE__NESTED__MAXBODYMIB", "6"), ("OPSBOT__SAMPLE__SECRETS__0", "changed-secret"),
                ("OPSBOT__SAMPLE__SECRETS__1", "added-secret"), ("OPSBOT__SAMPLE__MANY__0__MAXBODYMIB", "9"), ("OPSBOT__SAMPLE__SERVICES__CART", "x")));
        options.Limit.ShouldBe(5);
        options.Nested.MaxBodyMiB.ShouldBe(6);
        options.Secrets.ShouldBe(["changed-secret", "added-secret"]);
        options.Many.ShouldHaveSingleItem().MaxBodyMiB.ShouldBe(9);
        options.Services["cart"].ShouldBe("x");
    }

    [Fact]
    public void More_than_ten_items_keep_their_order()
    {
        var variables = Enumerable.Range(0, 12).Select(i => ($"OPSBOT__SAMPLE__SECRETS__{i}", $"secret-{i}")).Reverse().ToArray();
        ConfigFixture.Bind("", ConfigFixture.Env(variables)).Secrets.ShouldBe(Enumerable.Range(0, 12).Select(i => $"secret-{i}"));
    }

    [Theory]
    [InlineData("OPSBOT__SAMPLE__LIMITS", "3", "environment OPSBOT__SAMPLE__LIMITS: unknown key 'sample.limits'; did you mean 'limit'?")]
    [InlineData("OPSBOT__SAMPLE__LIMIT", "x", "environment OPSBOT__SAMPLE__LIMIT: sample.limit: 'x' is not a whole number that fits here")]
    [InlineData("OPSBOT__SAMPLE__LIMIT", "500", "environment OPSBOT__SAMPLE__LIMIT: sample.limit: must be between 1 and 100; it is '500'")]
    [InlineData("OPSBOT__SAMPLE__PORTS__3", "1", "environment OPSBOT__SAMPLE__PORTS__3: '3' is no place in this list")]
    [InlineData("OPSBOT__SAMPLE____LIMIT", "3", "environment OPSBOT__SAMPLE____LIMIT: the name must be OPSBOT__SECTION__KEY")]
    [InlineData("OPSBOT__SAMPLE__PORTS", "80,90", "environment OPSBOT__SAMPLE__PORTS: sample.ports: expects a list")]
    public void A_wrong_variable_is_named(string name, string value, string expected) =>
        ConfigFixture.Problems("", ConfigFixture.Env((name, value))).ShouldHaveSingleItem().ShouldStartWith(expected);

    [Fact]
    public void An_empty_variable_and_those_of_the_test_command_are_left_alone() =>
        ConfigFixture.Bind("sample: {limit: 3}", ConfigFixture.Env(("OPSBOT__SAMPLE__LIMIT", ""), ("OPSBOT_CASES", "/x"), ("OPSBOT_DATA", "y"))).Limit.ShouldBe(3);

    [Fact]
    public void A_secret_is_read_from_a_file_by_the_environment_and_by_the_tag()
    {
        var path = Write("token", Secret + "\n");
        ConfigFixture.Bind("", ConfigFixture.Env(("OPSBOT__SAMPLE__NESTED__TOKEN_FILE", path), ("OPSBOT__SAMPLE__SECRETS__0_FILE", path)))
            .ShouldSatisfyAllConditions(o => o.Nested.Token.ShouldBe(Secret), o => o.Secrets.ShouldBe([Secret]));
        ConfigFixture.Bind($"sample:\n  nested: {{token: !file {path}}}\n  secrets:\n    - !file {path}\n")
            .ShouldSatisfyAllConditions(o => o.Nested.Token.ShouldBe(Secret), o => o.Secrets.ShouldBe([Secret]));
    }

    [Fact]
    public void A_relative_secret_file_lies_beside_the_configuration()
    {
        Write("token", Secret);
        var loaded = OpsBotConfiguration.Load(Write("opsbot.yaml", "sample:\n  name: !file token\n"), ConfigFixture.Env());
        loaded.Problems.ShouldBeEmpty();
        loaded.Configuration["sample:name"].ShouldBe(Secret);
    }

    [Theory]
    [InlineData("absent", null, "does not exist; create or mount it")]
    [InlineData("blank", "\n", "is empty; write the secret into it")]
    [InlineData("latin", "\u00ff", "is not UTF-8 text")]
    public void A_secret_file_that_cannot_be_used_is_named(string name, string? content, string expected)
    {
        var path = Path.Combine(_folder, name);
        if (content is not null)
        {
            File.WriteAllText(path, content, System.Text.Encoding.Latin1);
        }

        var problem = ConfigFixture.Problems($"sample:\n  name: !file {path}\n").ShouldHaveSingleItem();
        problem.ShouldStartWith("opsbot.yaml:2: ");
        problem.ShouldContain(path);
        problem.ShouldContain(expected);
    }

    [Fact]
    public void A_secret_file_without_end_is_not_read_to_its_end()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "there is no /dev/zero here");
        ConfigFixture.Problems("sample:\n  name: !file /dev/zero\n").ShouldHaveSingleItem().ShouldContain("larger than 65536 bytes");
    }

    [Fact]
    public void Two_ways_to_say_one_secret_are_one_too_many() =>
        ConfigFixture.Problems("", ConfigFixture.Env(("OPSBOT__SAMPLE__NAME", "a"), ("OPSBOT__SAMPLE__NAME_FILE", Write("n", "b"))))
            .ShouldHaveSingleItem().ShouldBe("environment OPSBOT__SAMPLE__NAME_FILE: both this and OPSBOT__SAMPLE__NAME are set; keep one of them");

    [Theory]
    [InlineData("sample:\n  nested: hunter2-hunter2\n")]
    [InlineData("sample:\n  secrets: hunter2-hunter2\n")]
    [InlineData("sample:\n  secrets: {hunter2-hunter2: x}\n")]
    [InlineData("sample:\n  nested: {token: [hunter2-hunter2]}\n")]
    [InlineData("sample:\n  url: me:hunter2-hunter2@host\n")]
    [InlineData("sample:\n  limit: !file SECRET\n")]
    [InlineData("sample:\n  nested: {token: hunter2-hunter2, token: hunter2-hunter2}\n")]
    [InlineData("sample:\n  nested: {token: \"hunter2-hunter2\n")]
    [InlineData("sample:\n  nested: {token: hunter2-hunter2: }\n")]
    [InlineData("sample:\n  nested: {token: @hunter2-hunter2}\n")]
    [InlineData("sample:\n  nested: {token: !hunter2-hunter2 x}\n")]
    [InlineData("sample:\n  nested: {token: *hunter2-hunter2}\n")]
    public void No_message_shows_a_secret_however_it_was_written(string yaml)
    {
        var problems = ConfigFixture.Problems(yaml.Replace("SECRET", Write("s", Secret), StringComparison.Ordinal));
        problems.ShouldNotBeEmpty();
        problems.ShouldAllBe(problem => !problem.Contains("hunter2", StringComparison.Ordinal));
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}

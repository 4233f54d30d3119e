using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpsBot.Host.Configuration;

namespace OpsBot.Tests.Host.Configuration;

public sealed class HostileYamlTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("opsbot-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n# only a comment\n")]
    [InlineData("---\n...\n")]
    [InlineData("\uFEFFsample:\n")]
    [InlineData("sample: ~\n")]
    [InlineData("sample:\r\n  limit: 5\r\n")]
    public void An_empty_file_or_section_means_the_defaults(string yaml) => ConfigFixture.Problems(yaml.TrimStart('\uFEFF')).ShouldBeEmpty();

    [Fact]
    public void Aliases_that_would_unfold_into_a_billion_values_are_refused()
    {
        var yaml = new StringBuilder("a: &a [lol, lol, lol]\n");
        for (var letter = 'b'; letter <= 'k'; letter++)
        {
            var before = (char)(letter - 1);
            yaml.Append(letter).Append(": &").Append(letter).Append(" [*").Append(before).Append(", *").Append(before).Append(", *").Append(before).Append("]\n");
        }

        var problems = ConfigFixture.Problems(yaml.ToString());

        problems.ShouldContain("opsbot.yaml:1: anchors ('&name') are not supported; write the value out where it is needed");
        problems.ShouldContain("opsbot.yaml:2: aliases ('*name') are not supported; write the value out where it is needed");
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Nesting_without_end_is_refused_without_exhausting_the_stack(char open, char close)
    {
        var key = open == '{' ? "a: " : "";
        var yaml = "sample: " + string.Concat(Enumerable.Repeat(open + key, 50_000)) + new string(close, 50_000);
        ConfigFixture.Problems(yaml).ShouldHaveSingleItem().ShouldStartWith("opsbot.yaml:1: nested deeper than 32 levels");
    }

    [Fact]
    public void More_values_than_any_configuration_has_are_refused() =>
        ConfigFixture.Problems("sample:\n  secrets: [" + string.Join(',', Enumerable.Repeat("x", 60_000)) + "]")
            .ShouldHaveSingleItem().ShouldContain("more than 50000 values");

    [Theory]
    [InlineData("sample:\n  ? [a, b]\n  : c\n", 2)]
    [InlineData("sample:\n  {a: b}: c\n", 2)]
    [InlineData("sample:\n  *x : c\n", 2)]
    public void A_key_that_is_no_word_is_refused_with_its_line(string yaml, int line) =>
        ConfigFixture.Problems(yaml).ShouldContain(problem => problem.StartsWith($"opsbot.yaml:{line}: a key must be one word"));

    [Fact]
    public void A_key_that_stands_twice_is_named_with_both_lines() =>
        ConfigFixture.Problems("sample:\n  limit: 3\n  name: x\n  Limit: 4\n")
            .ShouldHaveSingleItem().ShouldBe("opsbot.yaml:4: the key 'Limit' stands twice, first in line 2; keep one of them");

    [Theory]
    [InlineData("sample:\n\tlimit: 3\n", 2)]
    [InlineData("sample:\n  limit: 3\n\tname: x\n", 3)]
    public void A_tab_is_named_as_what_it_is(string yaml, int line) =>
        ConfigFixture.Problems(yaml).ShouldHaveSingleItem().ShouldBe($"opsbot.yaml:{line}: this line is indented with a tab; YAML takes spaces only");

    [Theory]
    [InlineData("sample: [1, 2\n")]
    [InlineData("sample:\n  name: \"open\n")]
    [InlineData("sample:\n  name: a: b\n")]
    [InlineData("sample:\n  - a\n b: c\n")]
    [InlineData("%YAML 9.9\n---\nsample:\n")]
    [InlineData("sample: !!python/object:os.system x\n")]
    [InlineData("sample: !!map {}\n")]
    [InlineData("- a\n- b\n")]
    [InlineData("just words")]
    [InlineData("sample:\n---\nsample:\n")]
    [InlineData("sample: @x\n")]
    [InlineData("\u0000\u0001\u0002")]
    public void Text_that_cannot_be_taken_is_a_problem_and_never_an_exception(string yaml) =>
        ConfigFixture.Problems(yaml).ShouldNotBeEmpty();

    [Fact]
    public void Any_text_is_read_or_refused_but_never_throws() =>
        Check.QuickThrowOnFailure(Prop.ForAll<string>(text => ConfigFixture.Problems(text ?? "") is not null));

    [Fact]
    public void A_file_of_ten_megabytes_is_refused_by_its_size()
    {
        var problem = CheckFile(Encoding.UTF8.GetBytes(new string('#', 10 * 1024 * 1024))).ShouldHaveSingleItem();
        problem.Message.ShouldContain("larger than 1048576 bytes");
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_named_with_their_line()
    {
        var problem = CheckFile([.. "sample:\n  name: caf"u8, 0xE9, (byte)'\n']).ShouldHaveSingleItem();
        problem.Line.ShouldBe(2);
        problem.Message.ShouldContain("not UTF-8");
    }

    [Fact]
    public void A_file_in_UTF_16_is_named_as_that() =>
        CheckFile([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("sample:\n")]).ShouldHaveSingleItem().Message.ShouldContain("UTF-16");

    [Fact]
    public void A_byte_order_mark_does_no_harm() => CheckFile([0xEF, 0xBB, 0xBF, .. "sample:\n  limit: 3\n"u8]).ShouldBeEmpty();

    [Fact]
    public void A_missing_file_says_what_to_do_next()
    {
        var path = Path.Combine(_folder, "absent.yaml");
        var loaded = OpsBotConfiguration.Load(path, ConfigFixture.Env());
        var problem = ConfigurationCheck.Run(loaded, []).ShouldHaveSingleItem();
        problem.ToString().ShouldBe($"{path}: there is no such file; copy deploy/opsbot.yaml there, or name another with --config or OPSBOT_CONFIG");
    }

    [Fact]
    public void A_folder_in_place_of_the_file_is_a_problem() =>
        ConfigurationCheck.Run(OpsBotConfiguration.Load(_folder, ConfigFixture.Env()), []).ShouldHaveSingleItem().Message.ShouldContain("cannot be read");

    private IReadOnlyList<ConfigProblem> CheckFile(byte[] content)
    {
        var path = Path.Combine(_folder, "opsbot.yaml");
        File.WriteAllBytes(path, content);
        return ConfigurationCheck.Run(OpsBotConfiguration.Load(path, ConfigFixture.Env()), [new("sample", typeof(SampleOptions))]);
    }
}

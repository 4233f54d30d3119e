using OpsBot.Knowledge.Runbooks;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Knowledge;

public class RunbookParserTests
{
    [Fact]
    public void A_skill_gives_its_name_patterns_services_and_first_step()
    {
        var text = Some.Skill(head: "alerts:\n  - \"*Disk*\"\n  - out of space\nservices: [orders, cart]\nmetadata:\n  owner: { team: x }\nlicense: Apache-2.0\n");

        var runbook = RunbookParser.Parse("hosts/disk-filling/SKILL.md", "disk-filling", text);

        runbook.Name.ShouldBe("disk-filling");
        runbook.Title.ShouldBe("Disk");
        runbook.Alerts.ShouldBe(["*Disk*", "out of space"]);
        runbook.Services.ShouldBe(["orders", "cart"]);
        runbook.FirstStep.ShouldBe("Run `df -h`.");
    }

    [Theory]
    [InlineData("# no head\n", 1, "must open with '---'")]
    [InlineData("---\nname: disk-filling\ndescription: d\n", 1, "not closed")]
    [InlineData("---\ndescription: d\n---\n", 1, "'name' is missing")]
    [InlineData("---\nname: disk-filling\n---\n", 1, "'description' is missing")]
    [InlineData("---\ndescription: d\nname: Disk_Filling\n---\n", 3, "lower-case")]
    [InlineData("---\ndescription: d\nname: disk--filling\n---\n", 3, "single hyphens")]
    [InlineData("---\ndescription: d\nname: other\n---\n", 3, "must equal the folder's name 'disk-filling'")]
    [InlineData("---\nname: disk-filling\ndescription: d\nname: disk-filling\n---\n", 4, "stands twice")]
    [InlineData("---\nname: disk-filling\ndescription: d\nalerts: ['**']\n---\n", 4, "fits every alert")]
    [InlineData("---\nname: disk-filling\ndescription: \"open\n---\n", 3, "not YAML")]
    [InlineData("---\n- a\n- b\n---\n", 2, "is a list")]
    public void What_is_wrong_is_told_with_its_line(string text, int line, string reason)
    {
        var wrong = Should.Throw<RunbookFormatException>(() => RunbookParser.Parse("x/disk-filling/SKILL.md", "disk-filling", text));

        wrong.Message.ShouldContain(reason);
        wrong.Line.ShouldBe(line);
    }

    [Theory]
    [InlineData(10_000, "nested deeper than 20")]
    [InlineData(100_000, "at most 16384 are read")]
    public void A_head_nested_without_end_is_refused_at_once(int depth, string reason) =>
        Should.Throw<RunbookFormatException>(() => RunbookParser.Parse("a.md", "x", "---\ndeep: " + new string('[', depth) + "\n---\n# A\n"))
            .Message.ShouldContain(reason);

    [Fact]
    public void An_alias_is_not_expanded()
    {
        var runbook = RunbookParser.Parse("a.md", "x", "---\nalerts: &a [one, two]\nservices: *a\ntitle: T\n---\ntext\n");

        runbook.Alerts.ShouldBe(["one", "two"]);
        runbook.Services.ShouldBeEmpty();
        runbook.Title.ShouldBe("T");
    }

    [Fact]
    public void Plain_markdown_needs_no_head_and_a_comment_in_a_command_is_no_heading()
    {
        var runbook = RunbookParser.Parse("wiki/redis-memory.md", "wiki", "Redis is full.\r\n\r\n```sh\r\n# not a heading\r\nredis-cli info\r\n```\r\n");

        runbook.Title.ShouldBe("redis memory");
        runbook.Description.ShouldBe("Redis is full.");
        runbook.Headings.ShouldBeEmpty();
        runbook.FirstStep.ShouldBe("# not a heading\nredis-cli info");
    }

    [Theory]
    [InlineData("## Meaning\n\n- a fact\n\n## Diagnosis\n\n1. Look at the pods\n   of the service.\n2. Then sleep\n", "Look at the pods\nof the service.")]
    [InlineData("## Impact\n\n- users wait\n\n## What to do\n\n- Read the queue:\n\n  ```sh\n  list_queues\n  ```\n", "Read the queue:\nlist_queues")]
    [InlineData("## Diagnosis\n\nAsk the owner.\n", "Ask the owner.")]
    [InlineData("## Diagnosis\n\n- check b\n\n## First step\n\nDo a:\n\n```sh\na\n```\n\nand more\n\n```sh\nb\n```\n", "Do a:\n\na")]
    [InlineData("## Meaning\n\n- only facts\n", "")]
    public void The_first_step_is_quoted(string body, string step) => RunbookParser.Parse("a.md", "x", body).FirstStep.ShouldBe(step);

    [Fact]
    public void A_first_step_without_end_is_cut_and_its_command_closed()
    {
        var step = RunbookParser.Parse("a.md", "x", "## First step\n\n```sh\n" + string.Concat(Enumerable.Repeat("echo again\n", 500))).FirstStep;

        step.Length.ShouldBeLessThan(FirstStep.MaxLength + 10);
        step.ShouldEndWith("…");
    }
}

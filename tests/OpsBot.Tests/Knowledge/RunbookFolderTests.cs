using System.Text;
using Microsoft.Extensions.Logging;
using OpsBot.Knowledge;
using OpsBot.Knowledge.Runbooks;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Knowledge;

public sealed class RunbookFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunbookOptions _options = new() { MaxFileBytes = 2_048 };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bad_files_are_reported_and_the_good_ones_are_read()
    {
        _folder.Write("hosts/disk-filling/SKILL.md", Some.Skill());
        _folder.Write("wiki/plain.md", "# Plain\n\n1. Look.\n");
        _folder.Write("bad/wrong/SKILL.md", Some.Skill("other"));
        _folder.Write("wiki/huge.md", new string('x', 3_000));
        _folder.Write("wiki/binary.md", "a\0b");
        _folder.Write("wiki/empty.md", "");
        _folder.Write("wiki/notes.txt", "not markdown");
        _folder.Write(".git/hidden.md", "# Hidden\n");
        File.WriteAllBytes(Path.Combine(_folder.Path, "wiki/latin1.md"), Encoding.Latin1.GetBytes("# Störung\n"));

        var (runbooks, problems) = Read();

        runbooks.Select(r => r.Path).ShouldBe(["hosts/disk-filling/SKILL.md", "wiki/plain.md"]);
        problems.Select(p => p.ToString()).ShouldBe(
            [
                "bad/wrong/SKILL.md:2: 'name: other' must equal the folder's name 'wrong'; rename one of them",
                "wiki/binary.md: is binary",
                "wiki/huge.md: has 3000 bytes, at most 2048 are read (runbooks.maxFileBytes)",
                "wiki/latin1.md: is not UTF-8; save it as UTF-8",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void A_link_out_of_the_folder_is_refused_also_by_way_of_a_linked_folder()
    {
        using var outside = new TemporaryFolder();
        outside.Write("secret.md", "# Secret\n");
        var root = Directory.CreateDirectory(Path.Combine(_folder.Path, "runbooks")).FullName;
        File.CreateSymbolicLink(Path.Combine(root, "direct.md"), Path.Combine(outside.Path, "secret.md"));
        Directory.CreateSymbolicLink(Path.Combine(root, "sub"), outside.Path);
        // ResolveLinkTarget alone would call this one "inside"
        File.CreateSymbolicLink(Path.Combine(root, "through.md"), "sub/secret.md");

        var (runbooks, problems) = RunbookFolder.Read(root, _options, TestContext.Current.CancellationToken);

        runbooks.ShouldBeEmpty();
        problems.Select(p => p.Path).ShouldBe(["sub", "direct.md", "through.md"], ignoreOrder: true);
    }

    [Fact]
    public void A_mounted_configuration_map_is_read_once_through_its_links()
    {
        _folder.Write("..2026_03_10/disk.md", "# Disk\n\n- Look.\n");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "..data"), "..2026_03_10");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "disk.md"), "..data/disk.md");

        var (runbooks, problems) = Read();

        runbooks.ShouldHaveSingleItem().Path.ShouldBe("disk.md");
        problems.ShouldBeEmpty();
    }

    [Fact]
    public void Links_that_go_round_in_a_circle_end()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "a.md"), "b.md");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "b.md"), "a.md");

        var (runbooks, problems) = Read();

        runbooks.ShouldBeEmpty();
        problems.Count.ShouldBe(2);
    }

    [Fact]
    public void A_folder_that_is_missing_is_a_problem_and_no_failure() =>
        RunbookFolder.Read(Path.Combine(_folder.Path, "none"), _options, TestContext.Current.CancellationToken)
            .Problems.ShouldHaveSingleItem().Reason.ShouldBe("no such folder");

    [Fact]
    public void The_log_names_the_file_with_its_line_and_a_folder_without_one()
    {
        _folder.Write("bad/wrong/SKILL.md", Some.Skill("other"));
        var log = new LogLines();
        using var loggers = new LoggerFactory([log]);
        var missing = Path.Combine(_folder.Path, "none");
        new RunbookLibrary(
            Microsoft.Extensions.Options.Options.Create(new RunbookOptions { Folders = [missing, _folder.Path] }), loggers.CreateLogger<RunbookLibrary>())
            .Reload(TestContext.Current.CancellationToken);

        log.Lines.Where(l => l.StartsWith("Not used", StringComparison.Ordinal)).ShouldBe(
            [
                $"Not used as a runbook: {missing}: no such folder",
                "Not used as a runbook: bad/wrong/SKILL.md:2: 'name: other' must equal the folder's name 'wrong'; rename one of them",
            ]);
    }

    [Fact]
    public void Reloading_sees_what_was_added()
    {
        var library = new RunbookLibrary(
            Microsoft.Extensions.Options.Options.Create(new RunbookOptions { Folders = [_folder.Path] }),
            Microsoft.Extensions.Logging.Abstractions.NullLogger<RunbookLibrary>.Instance);
        library.Runbooks.ShouldBeEmpty();
        _folder.Write("hosts/disk-filling/SKILL.md", Some.Skill());

        library.Runbooks.ShouldBeEmpty();
        library.Reload(TestContext.Current.CancellationToken);

        library.Runbooks.ShouldHaveSingleItem();
    }

    private (IReadOnlyList<Runbook> Runbooks, IReadOnlyList<RunbookProblem> Problems) Read() =>
        RunbookFolder.Read(_folder.Path, _options, TestContext.Current.CancellationToken);
}

namespace OpsBot.Tests.Architecture;

public sealed class RepositoryTests
{
    private static readonly Repository Current = Repository.Current;

    [Fact]
    public void No_source_file_is_longer_than_a_reader_can_hold() => RepositoryRules.LongFiles(Current).ShouldBeEmpty();

    [Fact]
    public void The_program_is_a_table_of_contents() =>
        RepositoryRules.TooLong(Current, "src/OpsBot.Host/Program.cs", RepositoryRules.MaxProgramLines).ShouldBeEmpty();

    [Fact]
    public void Dapper_is_used_in_storage_only() => RepositoryRules.DapperOutsideOfStorage(Current).ShouldBeEmpty();

    [Fact]
    public void Surfaces_are_called_only_where_it_was_asked_whether_anything_may_be_posted() => RepositoryRules.SurfacesCalledElsewhere(Current).ShouldBeEmpty();

    [Fact]
    public void Every_project_is_in_the_solution_and_has_its_lock_file() => RepositoryRules.ProjectsLeftOut(Current).ShouldBeEmpty();

    [Fact]
    public void The_guide_for_contributors_is_short_and_names_only_what_exists()
    {
        RepositoryRules.TooLong(Current, "AGENTS.md", RepositoryRules.MaxAgentsLines).ShouldBeEmpty();
        RepositoryRules.MissingPathsIn(Current, "AGENTS.md").ShouldBeEmpty();
    }

    [Fact]
    public void The_readme_is_short_and_its_links_lead_somewhere()
    {
        RepositoryRules.TooLong(Current, "README.md", RepositoryRules.MaxReadmeLines).ShouldBeEmpty();
        RepositoryRules.BrokenLinksIn(Current, "README.md").ShouldBeEmpty();
    }

    [Fact]
    public void The_test_command_and_what_CI_runs_are_programs()
    {
        Current.Has("tests/run").ShouldBeTrue();
        File.ReadAllText(Path.Combine(Repository.Root, ".ci/run")).ShouldBe("exec tests/run\n");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(Repository.Root, "tests/run")).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
            File.GetUnixFileMode(Path.Combine(Repository.Root, ".ci/run")).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_planted_violation_of_each_rule_is_found()
    {
        var long401 = string.Concat(Enumerable.Repeat("// line\n", 401));
        var planted = With(
            ("src/OpsBot.Chat/Long.cs", long401),
            ("handlers/Alerts/Long.cs", long401),
            ("src/OpsBot.Chat/Sql.cs", "using System;\nusing Dapper;\n"),
            ("tests/OpsBot.Tests/Sql.cs", "global using static Dapper.SqlMapper;\n"),
            ("src/OpsBot.Storage/Sql.cs", "using Dapper;\n"),
            ("handlers/Alerts/Shout.cs", "class Shout(IChatSurface surface);\n"),
            ("src/OpsBot.Host/Shout.cs", "services.GetServices<IChatSurface>();\n"),
            ("OpsBot.sln", "Project(\"{X}\") = \"A\", \"src\\A\\A.csproj\", \"{Y}\"\n"),
            ("src/A/A.csproj", "<Project />"),
            ("src/A/packages.lock.json", "{}"),
            ("src/B/B.csproj", "<Project />"),
            ("AGENTS.md", "- `src/OpsBot.Chat` cards; `Slack/` gone\n- `handlers` fine\n- `nowhere` not\n- `dotnet run --project src/C -- x` `TimeProvider`\n" + long401),
            ("README.md", "[a](src/A/A.csproj) [b](docs/b.md#x) [c](https://example.org/x) [d](#here) ![e](<shot.png>)\n" + long401));

        RepositoryRules.LongFiles(planted).Count().ShouldBe(2);
        RepositoryRules.DapperOutsideOfStorage(planted).Count().ShouldBe(2);
        RepositoryRules.SurfacesCalledElsewhere(planted).Count().ShouldBe(2);
        RepositoryRules.ProjectsLeftOut(planted).Count().ShouldBe(2);
        RepositoryRules.MissingPathsIn(planted, "AGENTS.md").ShouldBe(
            ["Slack/", "nowhere", "src/C"], (problem, path) => problem.Contains($"'{path}'", StringComparison.Ordinal));
        RepositoryRules.BrokenLinksIn(planted, "README.md").ShouldBe(
            ["docs/b.md", "shot.png"], (problem, path) => problem.Contains($"'{path}'", StringComparison.Ordinal));
        RepositoryRules.TooLong(planted, "README.md", RepositoryRules.MaxReadmeLines).ShouldHaveSingleItem();
    }

    private static Repository With(params (string Path, string Text)[] files) =>
        new(files.ToDictionary(file => file.Path, file => file.Text, StringComparer.Ordinal));
}

internal static class RuleAssertions
{
    public static void ShouldBe(this IEnumerable<string> actual, IReadOnlyList<string> expected, Func<string, string, bool> matches)
    {
        var found = actual.ToList();
        found.Count.ShouldBe(expected.Count, string.Join('\n', found));
        found.Zip(expected).ShouldAllBe(pair => matches(pair.First, pair.Second));
    }
}

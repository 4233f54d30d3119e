namespace OpsBot.Tests.Architecture;

public sealed class ReferenceTests
{
    private static readonly IReadOnlyList<ProjectFile> Projects = ProjectFile.Program(Repository.Current);

    [Fact]
    public void Every_project_has_a_rule_and_every_rule_a_project() =>
        Projects.Select(project => project.Name).Order().ShouldBe(ReferenceRules.Projects.Order());

    [Fact]
    public void Project_files_reference_only_what_they_may() => Projects.SelectMany(ReferenceRules.Violations).ShouldBeEmpty();

    [Fact]
    public void Compiled_assemblies_use_only_what_they_may() => Assemblies().SelectMany(ReferenceRules.Violations).ShouldBeEmpty();

    [Fact]
    public void No_code_reads_the_clock_of_the_machine() => Assemblies().SelectMany(CodeRules.ClockReads).ShouldBeEmpty();

    [Fact]
    public void No_wire_format_of_a_chat_surface_leaves_its_folder() => Assemblies().SelectMany(CodeRules.WireFormatLeaks).ShouldBeEmpty();

    [Fact]
    public void The_assemblies_that_are_looked_at_are_those_of_the_projects()
    {
        // a rule that is held against the wrong assembly passes for ever
        Assemblies().Select(assembly => assembly.Name).Order().ShouldBe(Projects.Select(project => project.Assembly).Order());
        Assemblies().Single(assembly => assembly.Name == "OpsBot.Storage").References.ShouldContain("Dapper");
        Assemblies().Single(assembly => assembly.Name == "opsbot").References.ShouldContain("OpsBot.Storage");
        Assemblies().SelectMany(assembly => assembly.Signatures).Count().ShouldBeGreaterThan(100);
    }

    private static IEnumerable<CompiledAssembly> Assemblies() =>
        Projects.Select(project => CompiledAssembly.Read(Path.Combine(AppContext.BaseDirectory, project.Assembly + ".dll")));
}

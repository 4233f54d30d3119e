using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Catalog;

public sealed class IncludedActionsTests : IDisposable
{
    private const string People = "people: [{id: ada, roles: [oncall]}]\n";
    private const string Action = "description: x\n    risk: reversible\n    target: x\n    run: [./do]\n    undo: [./do]\n";

    private readonly SomeFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Relative_paths_start_at_the_file_that_declares_the_action()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "more"));
        _folder.WriteProgram("more/do");
        _folder.Write("more/a.yaml", $"catalog:\n  a:\n    {Action}");
        _folder.Write("more/b.yaml", $"catalog:\n  b:\n    {Action}");
        Problems("include: [more/*.yaml]").ShouldBeEmpty();
        File.Delete(Path.Combine(_folder.Path, "more/do"));
        Problems("include: [more/*.yaml]").Count.ShouldBe(4);
    }

    [Fact]
    public void What_is_wrong_is_told_with_the_file_and_line_it_stands_in()
    {
        _folder.WriteProgram("do");
        var file = _folder.Write("a.yaml", $"catalog:\n  a:\n    {Action}    rum: [x]\n  b:\n    {Action.Replace("undo: [./do]", "undo: []")}");
        Problems("include: [a.yaml]").ShouldBe(
        [
            $"{file}:8: unknown key 'actions.catalog.a.rum'; did you mean 'run'?",
        ]);
        _folder.Write("a.yaml", $"catalog:\n  b:\n    {Action.Replace("undo: [./do]", "undo: []")}");
        Problems("include: [a.yaml]").ShouldHaveSingleItem().ShouldStartWith($"{file}:7: actions.catalog.b.undo: is missing");
    }

    [Fact]
    public void An_action_is_declared_once()
    {
        _folder.WriteProgram("do");
        var (one, two) = (_folder.Write("1.yaml", $"catalog:\n  a:\n    {Action}"), _folder.Write("2.yaml", $"\ncatalog:\n  a:\n    {Action}"));
        Problems("include: [\"?.yaml\"]").ShouldHaveSingleItem().ShouldBe($"{two}:3: the action 'a' stands twice, first in {one} line 2; keep one of them");
    }

    [Theory]
    [InlineData("include: [nothing.yaml]", "nothing.yaml: there is no such file")]
    [InlineData("include: [\"*.yml\"]", "actions.include: no file is called")]
    [InlineData("include: [other.yaml]", "other.yaml:1: unknown key 'people'")]
    [InlineData("include: [list.yaml]", "list.yaml:1: catalog: expects actions by name below it")]
    [InlineData("include: [broken.yaml]", "broken.yaml:")]
    public void A_file_that_cannot_be_included_is_named(string include, string expected)
    {
        _folder.Write("other.yaml", "people: []\n");
        _folder.Write("list.yaml", "catalog: [a]\n");
        _folder.Write("broken.yaml", "catalog: {\n");
        Problems(include).ShouldHaveSingleItem().ShouldContain(expected);
    }

    private IReadOnlyList<string> Problems(string include) =>
        ActionsConfiguration.Problems($"{People}actions:\n  {include}\n", Path.Combine(_folder.Path, "opsbot.yaml"));
}

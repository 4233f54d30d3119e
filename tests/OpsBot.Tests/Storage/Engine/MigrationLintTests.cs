using OpsBot.Storage.Engine;

namespace OpsBot.Tests.Storage.Engine;

public sealed class MigrationLintTests
{
    /// <summary>The last of those that were written before steps were declared.</summary>
    private const int LastUndeclared = 8;

    [Fact]
    public void Every_migration_is_the_step_that_it_says() =>
        MigrationScript.All().Where(script => script.Number > LastUndeclared)
            .SelectMany(script => MigrationLint.Problems(script).Select(problem => $"{script.Name}: {problem}")).ShouldBeEmpty();

    [Fact]
    public void Numbers_follow_each_other() =>
        MigrationScript.All().Select(script => script.Number).ShouldBe(Enumerable.Range(1, MigrationScript.All().Count));

    [Theory]
    [InlineData("-- expand: a note\nalter table messages add column note text;")]
    [InlineData("-- expand: a count\nalter table messages add column notes integer not null default 0;")]
    [InlineData("-- expand: a table\ncreate table notes (id integer not null);\ncreate unique index notes_id on notes (id);")]
    [InlineData("-- expand: an index\n-- nothing is dropped\ncreate index messages_note on messages (kind);")]
    [InlineData("-- contract 0008: nobody reads it since then\nalter table messages drop column note;")]
    public void These_are_what_they_say(string sql) => MigrationLint.Problems(new(9, "0009_test.sql", sql)).ShouldBeEmpty();

    [Theory]
    [InlineData("alter table messages add column note text;")]
    [InlineData("\n-- expand: too late\nselect 1;")]
    [InlineData("-- expand:\nselect 1;")]
    [InlineData("-- contract: since when?\nselect 1;")]
    [InlineData("-- contract 0009: only itself\nselect 1;")]
    [InlineData("-- contract 0000: nobody\nselect 1;")]
    [InlineData("-- expand: no\nalter table messages drop column note;")]
    [InlineData("-- expand: no\nDROP index messages_waiting;")]
    [InlineData("-- expand: no\nalter table messages rename column note to remark;")]
    [InlineData("-- expand: no\nalter table messages alter  column note type bigint;")]
    [InlineData("-- expand: no\nalter table messages add column note text not null;")]
    [InlineData("-- expand: no\nalter table messages add column a text not null, add column b text default 'x';")]
    [InlineData("-- expand: no\ncreate unique index messages_one on messages (kind);")]
    [InlineData("-- expand: no\nalter table messages add constraint c check (id > 0);")]
    public void These_are_not(string sql) => MigrationLint.Problems(new(9, "0009_test.sql", sql)).ShouldNotBeEmpty();
}

using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpsBot.Storage.Engine;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Engine;

/// <summary>Which versions can use which store. The version at hand is called N here; what its successors would bring is added to its scripts.</summary>
public sealed class MigratorTests : IAsyncLifetime
{
    private static readonly int N = Migrator.Known;

    private readonly StoreFixture _store = new();
    private DbConnection _connection = null!;

    public ValueTask InitializeAsync()
    {
        _ = _store.Get<IStore>();
        _connection = TestEngine.Open(_store.Folder);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public void Every_script_is_recorded_with_who_can_use_the_store_after_it()
    {
        var rows = _connection.Column("select number || ' ' || oldest_reader from migrations order by number");
        rows.Count.ShouldBe(N);
        rows.Take(8).ShouldBe(Enumerable.Range(1, 8).Select(number => $"{number} {number}"));
        _connection.Number("select count(*) from migrations where oldest_reader > number").ShouldBe(0);
    }

    [Fact]
    public void A_store_that_was_only_expanded_since_can_be_used_by_the_version_before()
    {
        var before = Oldest();
        Apply(Next("expand", "alter table messages add column next_note text"));
        Apply();
        Apply(Next("expand", "alter table messages add column next_note text"), Next("expand", "create table next_things (id integer not null)", 2));

        Apply();
        Oldest().ShouldBe(before);
        _connection.Number("select max(number) from migrations").ShouldBe(N + 2);
    }

    [Fact]
    public void A_store_from_which_was_taken_away_is_for_those_who_did_without_it()
    {
        var expand = Next("expand", "alter table messages add column next_note text");
        var contract = Next($"contract {N + 1:0000}", "alter table messages drop column next_note", 2);
        Apply(expand, contract);

        Should.Throw<StoreException>(() => Apply()).Message.ShouldStartWith($"The store is at migration {N + 2} and wants a program that knows {N + 1}, this OpsBot knows {N}: it was written by a newer version.");
        Apply(expand);
    }

    [Fact]
    public void What_a_later_step_expands_does_not_let_in_again_who_was_shut_out()
    {
        Apply(Next($"contract {N + 1:0000}", "select 1"), Next("expand", "create table next_things (id integer not null)", 2));
        Should.Throw<StoreException>(() => Apply());
    }

    [Fact]
    public void A_migration_that_says_nothing_is_for_those_who_know_it()
    {
        Apply(Next("", "select 1"));
        Should.Throw<StoreException>(() => Apply());
    }

    [Fact]
    public void A_store_of_before_steps_were_declared_goes_on_and_stays_as_strict()
    {
        _connection.Execute("alter table migrations drop column oldest_reader");
        Apply();
        Oldest().ShouldBe(0, "nobody knows what those rows mean, and so each is for those who know it");
        // as a version of then would have written
        _connection.Execute($"insert into migrations (number, name) values ({N + 1}, 'old')");
        Should.Throw<StoreException>(() => Apply());
    }

    [Fact]
    public void A_step_that_fails_leaves_nothing_behind()
    {
        Should.Throw<DbException>(() => Apply(Next("expand", "create table next_things (id integer not null); select nonsense")));
        _connection.Number("select max(number) from migrations").ShouldBe(N);
        _connection.Column(TestEngine.Tables).ShouldNotContain("next_things");
    }

    [Fact]
    public async Task What_takes_away_waits_until_hosts_that_know_less_are_gone_and_what_expands_does_not()
    {
        Assert.SkipUnless(TestEngine.IsPostgres, "one host only has a SQLite store");
        var expand = Next("expand", "alter table messages add column next_note text");
        var contract = Next($"contract {N + 1:0000}", "alter table messages drop column next_note", 2);
        await using (Host(N))
        await using (Host(N + 1))
        {
            Apply(expand);
            Should.Throw<StoreException>(() => Apply(expand, contract)).Message.ShouldContain($"1 host that knows less than migration {N + 1} still serve");
        }

        // one of before hosts said what they know
        await using (Host(null))
        {
            Should.Throw<StoreException>(() => Apply(expand, contract));
        }

        // one that knows enough, and one of another store in the database
        await using (Host(N + 1))
        await using (Host(1, "pg_catalog"))
        {
            Apply(expand, contract);
        }
    }

    /// <summary>A session with the locks of a host.</summary>
    private NpgsqlConnection Host(int? knows, string? schema = null)
    {
        var host = (NpgsqlConnection)TestEngine.Open(_store.Folder);
        if (schema is not null) host.Execute($"set search_path = {schema}");
        if (knows is { } known) host.Execute($"select pg_advisory_lock_shared({PostgresPresence.VersionClass}, ((hashtext(current_schema()) & 32767) << 16) | {known})");
        host.Execute($"select pg_advisory_lock({PostgresPresence.LockClass}, {Random.Shared.Next()})");
        return host;
    }

    private int Oldest() => _connection.Number("select max(oldest_reader) from migrations");

    private static MigrationScript Next(string step, string sql, int after = 1) => new(N + after, $"{N + after:0000}_next.sql", step.Length == 0 ? sql : $"-- {step}: a test\n{sql};");

    private void Apply(params MigrationScript[] more) =>
        new Migrator(TestEngine.IsPostgres ? new PostgresDialect() : new SqliteDialect(), NullLogger.Instance, [.. MigrationScript.All(), .. more]).Apply(_connection);
}

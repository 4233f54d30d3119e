using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;
using OpsBot.IntegrationTests.Support;
using OpsBot.Storage.Copy;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Store;

/// <summary>What stands on the other side after a copy: all of it, of tables too that nobody has told the copy about.</summary>
public sealed class StoreCopyContentTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    // What some later migration may do.
    private static readonly IReadOnlyList<MigrationScript> WithALaterOne =
    [
        .. Migrator.Scripts(),
        new MigrationScript(9000, "9000_later.sql", """
            create table later_things (id {{identity}}, raw {{bytes}} not null, number integer, note text, "Odd name" text);
            create table later_pairs (one text not null, other bigint not null, note text, primary key (one, other));
            alter table incidents add column later text;
            """),
    ];

    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder.Path, "opsbot.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_row_of_every_table_of_every_migration_is_the_same_on_the_other_side()
    {
        await FilledStore.MakeAsync(File, WithALaterOne);
        var to = await TargetAsync();

        var outcome = await Copy(WithALaterOne).RunAsync(File, to, _ => { }, Cancel);

        var (source, target) = (await OfSourceAsync(), await OfTargetAsync(to));
        target.ShouldBe(source);
        source.Keys.ShouldContain("later_things");
        source.Keys.ShouldContain("messages");
        source.Keys.ShouldContain("audit");
        foreach (var (table, content) in source)
        {
            int.Parse(content.Split(' ')[0], CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(FilledStore.RowsEach, table);
            outcome.Rows.Keys.ShouldContain(table);
        }

        outcome.Replaced["messages"].ShouldBeGreaterThan(0, "texts with U+0000 are told");
        outcome.Copied.ShouldBe(outcome.Rows.Values.Sum());

        // and one letter is enough for this test to see it
        await RunAsync(to, "update later_things set note = note || 'x' where id = (select max(id) from later_things where note is not null)");
        (await OfTargetAsync(to))["later_things"].ShouldNotBe(source["later_things"]);
    }

    [Fact]
    public async Task New_rows_get_ids_behind_all_that_were_ever_given()
    {
        await FilledStore.MakeAsync(File, Migrator.Scripts());
        var to = await TargetAsync();
        await Copy(Migrator.Scripts()).RunAsync(File, to, _ => { }, Cancel);

        await RunAsync(to, "insert into incidents (environment, status, title, severity, opened_at, last_event_at, state, memory) values ('e', 'open', 't', 'high', 0, 0, '', '')");
        await RunAsync(to, "insert into timeline (incident_id, at, kind, text) values (1, 0, 'k', 't')");

        await using var connection = new NpgsqlConnection(to + ";Pooling=False");
        await connection.OpenAsync(Cancel);
        (await NumberAsync(connection, "select max(id) from incidents")).ShouldBe(1003, "1002 had been given before, and its row is gone");
        (await NumberAsync(connection, "select max(id) from timeline")).ShouldBe(10 + FilledStore.RowsEach);
    }

    [Fact]
    public async Task A_table_that_somebody_has_changed_by_hand_is_no_reason_to_copy_half_of_it()
    {
        await FilledStore.MakeAsync(File, Migrator.Scripts());
        await using (var connection = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            await connection.OpenAsync(Cancel);
            await using var command = connection.CreateCommand();
            command.CommandText = "alter table incidents add column mine text";
            await command.ExecuteNonQueryAsync(Cancel);
        }

        var refused = await Should.ThrowAsync<StoreException>(Copy(Migrator.Scripts()).RunAsync(File, await TargetAsync(), _ => { }, Cancel));
        refused.Message.ShouldStartWith("The table 'incidents' is not the same on both sides");
    }

    [Fact]
    public async Task An_older_store_is_brought_to_the_newest_migration_first_and_that_is_said()
    {
        await FilledStore.MakeAsync(File, [.. Migrator.Scripts().Where(script => script.Number < 7)], large: false);
        var said = new List<string>();
        var to = await TargetAsync();

        (await Copy(Migrator.Scripts()).PlanAsync(File, to, Cancel)).Schema.ShouldBe(6);
        await Copy(Migrator.Scripts()).RunAsync(File, to, said.Add, Cancel);

        said[0].ShouldBe($"The source was at migration 6, of an older OpsBot; it was brought to {Migrator.Scripts()[^1].Number} first.");
        (await OfTargetAsync(to)).ShouldBe(await OfSourceAsync());
    }

    private static StoreCopy Copy(IReadOnlyList<MigrationScript> scripts) =>
        new(Options.Create(new MessageOptions()), new HoldPoints(null), TimeProvider.System) { Scripts = scripts };

    private async Task<string> TargetAsync() => (await postgres.ServerAsync()).PostgresOf(await postgres.DatabaseAsync());

    private async Task<SortedDictionary<string, string>> OfSourceAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync(Cancel);
        return await FilledStore.ContentAsync(connection);
    }

    private static async Task<SortedDictionary<string, string>> OfTargetAsync(string to)
    {
        await using var connection = new NpgsqlConnection(to + ";Pooling=False");
        await connection.OpenAsync(Cancel);
        return await FilledStore.ContentAsync(connection);
    }

    private static async Task RunAsync(string to, string sql)
    {
        await using var connection = new NpgsqlConnection(to + ";Pooling=False");
        await connection.OpenAsync(Cancel);
        await NumberAsync(connection, sql);
    }

    private static async Task<long> NumberAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // the tests' own text
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(Cancel) is long number ? number : 0;
    }
}

using System.Text.Json;
using Microsoft.Data.Sqlite;
using OpsBot.IntegrationTests.Support;
using OpsBot.Storage.Engine;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Store;

/// <summary><c>opsbot store copy</c> as a person runs it: what it refuses, and what it leaves when it is killed.</summary>
public sealed class StoreCopyTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("copy-batch:20", 100_000)]
    [InlineData("copy-compared:1", 1000)]
    public async Task A_copy_that_is_killed_goes_on_and_nobody_starts_on_either_side_before_it_has(string heldAt, int rows)
    {
        if (rows >= 100_000)
        {
            LongRun.Require();
        }

        await MakeAsync(rows);
        var server = await postgres.ServerAsync();
        var (database, to) = await TargetAsync();
        await KillAsync(heldAt, to);

        var there = await server.CountAsync("select count(*) from messages", Cancel, database);
        there.ShouldBeInRange(1, rows);
        var half = await ServeAsync(to);
        (half.ExitCode, half.Error).ShouldBe((1, half.Error));
        half.Error.ShouldContain("This store is not whole: 'opsbot store copy' from ");
        var left = await ServeAsync(null);
        left.ExitCode.ShouldBe(1, left.ToString());
        left.Error.ShouldContain("This store is being moved to PostgreSQL (127.0.0.1:");

        var begun = TimeProvider.System.GetTimestamp();
        var done = await CopyAsync(to, "--json");

        done.ExitCode.ShouldBe(0, done.ToString());
        done.Error.ShouldContain("This copy was interrupted; it goes on where it was.");
        TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(60));
        using var outcome = JsonDocument.Parse(done.Output);
        var (all, now) = (outcome.RootElement.GetProperty("rows").EnumerateObject().Sum(table => table.Value.GetInt64()), outcome.RootElement.GetProperty("copied").GetInt64());
        now.ShouldBeInRange(0, all - there, "what was there was not copied again");
        foreach (var table in outcome.RootElement.GetProperty("rows").EnumerateObject())
        {
            (await server.CountAsync($"select count(*) from {table.Name}", Cancel, database)).ShouldBe(table.Value.GetInt64(), table.Name);
        }

        (await server.CountAsync("select count(*) from information_schema.tables where table_name = 'store_copy_progress'", Cancel, database)).ShouldBe(0);
        (await CopyAsync(to)).Output.ShouldContain("was done before; nothing to do");
        (await ServeAsync(null)).Error.ShouldContain("and is out of use");
        (await CopyAsync(to, "--abandon")).Error.ShouldContain("has ended, and what is handled there would be handled here again");
    }

    [Fact]
    public async Task What_was_changed_between_two_attempts_is_found_and_the_store_is_not_called_whole()
    {
        LongRun.Require();
        await MakeAsync(100);
        var (_, to) = await TargetAsync();
        await KillAsync("copy-compared:1", to);
        _folder.Store.Execute("update messages set body = 'changed' where id = 50");

        var done = await CopyAsync(to);

        done.ExitCode.ShouldBe(1, done.ToString());
        done.Error.ShouldContain("'messages' is not the same on both sides (100 rows here, 100 there)");
        (await ServeAsync(to)).Error.ShouldContain("This store is not whole");
    }

    [Fact]
    public async Task A_copy_that_is_given_up_leaves_a_store_to_go_on_with_and_the_other_side_is_of_no_use_to_anybody()
    {
        LongRun.Require();
        await MakeAsync(100);
        var (_, to) = await TargetAsync();
        await KillAsync("copy-batch:1", to);

        (await CopyAsync(to, "--abandon")).Error.ShouldBe("Given up: this store may be used again.\n");

        (await OpsBotProgram.RunAsync(_folder, Cancel, "messages")).Output.ShouldContain("waiting 100");
        var again = await CopyAsync(to);
        again.ExitCode.ShouldBe(1, again.ToString());
        again.Error.ShouldContain("was filled from another store");
        (await CopyAsync((await TargetAsync()).To)).ExitCode.ShouldBe(0, "into an empty one it goes");
    }

    [Fact]
    public async Task A_database_that_is_not_empty_is_left_as_it_is()
    {
        await MakeAsync(100);
        var server = await postgres.ServerAsync();
        var (database, to) = await TargetAsync();
        (await OpsBotProgram.RunAsync(_folder, Cancel, "messages", "--config", _folder.Write("made.yaml", $"store: {{ postgres: \"{to}\" }}"))).ExitCode.ShouldBe(0);
        (await CopyAsync(to, "--dry-run")).ExitCode.ShouldBe(0, "what only migrations have made is empty");
        await server.ToolAsync("psql", $"-d {database} -qc \"update action_switch set stopped_at = 1\"", Cancel);

        var planned = await CopyAsync(to, "--dry-run");
        var refused = await CopyAsync(to);

        planned.ExitCode.ShouldBe(1, planned.ToString());
        planned.Output.ShouldContain("is not empty: there are rows in action_switch.");
        refused.ExitCode.ShouldBe(1, refused.ToString());
        refused.Error.ShouldContain("is not empty: there are rows in action_switch.");
        (await OpsBotProgram.RunAsync(_folder, Cancel, "messages")).Output.ShouldContain("waiting 100", Case.Sensitive, "a refusal leaves the source in use");
    }

    [Fact]
    public async Task While_an_OpsBot_is_at_work_on_either_side_nothing_is_copied()
    {
        LongRun.Require();
        using var other = new DataFolder();
        var (_, to) = await TargetAsync();
        await using (await OpsBotProcess.ServeAsync(_folder, _folder.Write("serve.yaml", AlertSender.Senders), Cancel))
        {
            var refused = await CopyAsync(to);
            refused.ExitCode.ShouldBe(1, refused.ToString());
            refused.Error.ShouldContain("An OpsBot is at work with this store (");
            (await CopyAsync(to, "--dry-run")).Output.ShouldContain("An OpsBot is at work with this store (");
        }

        await using (await OpsBotProcess.ServeAsync(other, other.Write("serve.yaml", $"{AlertSender.Senders}\nstore: {{ postgres: \"{to}\" }}"), Cancel))
        {
            var refused = await CopyAsync(to);
            refused.ExitCode.ShouldBe(1, refused.ToString());
            refused.Error.ShouldContain("An OpsBot is at work with this database (");
        }

        (await CopyAsync((await TargetAsync()).To)).ExitCode.ShouldBe(0, "a killed process is at work no more");
    }

    [Fact]
    public async Task A_connection_string_is_never_shown_whatever_is_wrong_with_it()
    {
        const string Secret = "hunter2-of-the-store";
        await MakeAsync(1);
        foreach (var text in new[] { $"Host=127.0.0.1;Port=1;Username=opsbot;Password={Secret};Timeout=2", $"Host=db;Password=x;{Secret}=1", $"postgres://u:{Secret}@db/opsbot", $"{Secret}" })
        {
            foreach (var arguments in new[] { new[] { "--to", text }, ["--to-file", _folder.Write("to", text + "\n")], ["--dry-run", "--json", "--to", text] })
            {
                var refused = await OpsBotProgram.RunAsync(_folder, Cancel, ["store", "copy", .. arguments]);
                refused.ExitCode.ShouldBe(1, refused.ToString());
                refused.ToString().ShouldNotContain(Secret);
            }
        }
    }

    private async Task MakeAsync(int messages)
    {
        Directory.CreateDirectory(_folder.Data);
        await FilledStore.MakeAsync(Path.Combine(_folder.Data, "opsbot.db"), Migrator.Scripts(), large: false);
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Data, "opsbot.db")};Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            delete from messages;
            with recursive n (i) as (select 1 union all select i + 1 from n where i < $rows)
            insert into messages (id, kind, stream, body, source, delivery_key, created_at, due_at)
              select i, 'k', 's' || i, '{"text":"' || hex(randomblob(200)) || '"}', 'x', 'd' || i, i, i from n
            """;
        command.Parameters.AddWithValue("$rows", messages);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>SIGKILL to the real program at a point of the copy.</summary>
    private async Task KillAsync(string heldAt, string to)
    {
        var info = OpsBotProgram.StartInfo(_folder, ["store", "copy", "--to", to]);
        info.Environment["OPSBOT_HOLD_AT"] = heldAt;
        await using var copy = OpsBotProcess.Start(info);
        (await copy.Held.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel)).ShouldBeTrue(copy.Errors);
        await copy.KillAsync();
    }

    private async Task<(string Database, string To)> TargetAsync()
    {
        var database = await postgres.DatabaseAsync();
        return (database, (await postgres.ServerAsync()).PostgresOf(database));
    }

    private Task<Finished> CopyAsync(string to, params string[] more) => OpsBotProgram.RunAsync(_folder, Cancel, ["store", "copy", "--to", to, .. more]);

    /// <summary>For a start that has to be refused.</summary>
    private Task<Finished> ServeAsync(string? to) => OpsBotProgram.RunAsync(
        _folder, Cancel, "serve", "--urls", "http://127.0.0.1:0", "--console-urls", "http://127.0.0.1:0", "--config",
        _folder.Write("refused.yaml", to is null ? AlertSender.Senders : $"{AlertSender.Senders}\nstore: {{ postgres: \"{to}\" }}"));
}

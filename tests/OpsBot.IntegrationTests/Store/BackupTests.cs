using System.Net;
using System.Net.Sockets;
using Npgsql;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Store;

/// <summary>The store is lost and a backup put in its place, with the real program before and after.</summary>
public sealed class BackupTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private const string Pending = "select count(*) from messages where handled_at is null and dead_at is null";

    private readonly DataFolder _folder = new();
    private readonly AlertSender _sender = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _sender.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_lost_PostgreSQL_comes_back_from_a_dump_with_everything_accepted_before_it_and_what_was_sent_after_may_be_sent_again()
    {
        var (server, database) = (await postgres.ServerAsync(), await postgres.DatabaseAsync());
        var dump = Path.Combine(_folder.Path, "opsbot.dump");
        using var silent = Silent(out var hanging);
        await using (var serving = await OpsBotProcess.ServeAsync(_folder, Config("before", Store() + hanging), Cancel))
        {
            var to = await serving.Webhooks;
            await SendAsync(to, 0, 10);
            await UntilAsync("diagnoses that hang", async () => await CountAsync("select count(*) from incidents") == 10 && await CountAsync("select sum(attempts) from messages where kind = 'incident.diagnose'") > 0);
            // while it serves; the tool sees one snapshot
            var coming = SendAsync(to, 10, 20);
            await server.ToolAsync("pg_dump", $"--format=custom --file='{dump}' {database}", Cancel);
            (await coming).ShouldBe((20, 0), "nobody is kept waiting by it");
            await SendAsync(to, 30, 5);
            await serving.KillAsync();
        }

        await server.ToolAsync("dropdb", $"--force {database}", Cancel);
        (await OpsBotProgram.RunAsync(_folder, Cancel, "messages", "--config", Config("gone", Store()))).ExitCode.ShouldBe(1);
        await server.ToolAsync("createdb", database, Cancel);
        await server.ToolAsync("pg_restore", $"--exit-on-error --dbname={database} '{dump}'", Cancel);
        NpgsqlConnection.ClearAllPools();
        var kept = (int)await CountAsync("select count(*) from messages where delivery_key is not null");
        kept.ShouldBeInRange(10, 30, "what came after the dump is lost with the database");
        (await CountAsync(Pending)).ShouldBeGreaterThanOrEqualTo(10);

        await using var again = await OpsBotProcess.ServeAsync(_folder, Config("after", Store()), Cancel);
        await UntilAsync("everything handled", async () => await CountAsync(Pending) == 0);
        // Senders that were answered may send once more whatever they still have: what is known does no harm, what was lost comes back.
        (await SendAsync(await again.Webhooks, 0, 35)).ShouldBe((35 - kept, kept));
        await UntilAsync("everything handled", async () => await CountAsync(Pending) == 0);

        (await CountAsync("select count(*) from messages where dead_at is not null")).ShouldBe(0);
        (await CountAsync("select count(*) from messages where delivery_key is not null and handled_at is not null")).ShouldBe(35);
        foreach (var table in new[] { "incidents", "incident_joins", "threads", "diagnoses" })
            (await CountAsync($"select count(*) from {table}")).ShouldBe(35, table);
        (await CountAsync("select count(*) - count(distinct delivery_id) from thread_replies")).ShouldBe(0);

        string Store() => $"store: {{ postgres: \"{server.PostgresOf(database)}\" }}\n";
        Task<long> CountAsync(string sql) => server.CountAsync(sql, Cancel, database);
    }

    [Fact]
    public async Task A_backup_that_is_written_while_events_come_in_holds_everything_accepted_before_it_and_can_be_served()
    {
        var backup = Path.Combine(_folder.Path, "backup.db");
        using var silent = Silent(out var hanging);
        await using (var serving = await OpsBotProcess.ServeAsync(_folder, Config("before", hanging), Cancel))
        {
            var to = await serving.Webhooks;
            await SendAsync(to, 0, 10);
            await UntilAsync("diagnoses that hang", () => Task.FromResult(_folder.Store.Count("select sum(attempts) from messages where kind = 'incident.diagnose'") > 0));
            var coming = SendAsync(to, 10, 40);
            var written = await OpsBotProgram.RunAsync(_folder, Cancel, "store", "backup", backup);
            written.ExitCode.ShouldBe(0, written.ToString());
            (await coming).ShouldBe((40, 0), "nobody is kept waiting by it");
            var second = await OpsBotProgram.RunAsync(_folder, Cancel, "store", "backup", backup);
            (second.ExitCode, second.Error).ShouldBe((1, $"'{backup}' is there already. Name a new file: an older backup is not overwritten.\n"));
            await serving.KillAsync();
        }

        Directory.EnumerateFiles(_folder.Path, "*.partial").ShouldBeEmpty();
        foreach (var lost in Directory.EnumerateFiles(_folder.Data, "opsbot.db*"))
            File.Delete(lost);
        File.Copy(backup, Path.Combine(_folder.Data, "opsbot.db"));
        var kept = (int)_folder.Store.Count("select count(*) from messages where delivery_key is not null");
        kept.ShouldBeInRange(10, 50);

        await using var again = await OpsBotProcess.ServeAsync(_folder, Config("after", ""), Cancel);
        (await SendAsync(await again.Webhooks, 0, 50)).ShouldBe((50 - kept, kept));
        await UntilAsync("everything handled", () => Task.FromResult(_folder.Store.Pending() == 0));
        _folder.Store.Count("select count(*) from messages where dead_at is not null").ShouldBe(0);
        foreach (var table in new[] { "incidents", "incident_joins", "threads", "diagnoses" })
            _folder.Store.Count($"select count(*) from {table}").ShouldBe(50, table);
    }

    [Fact]
    public async Task A_damaged_store_gives_no_backup_and_PostgreSQL_is_left_to_its_own_tools()
    {
        await using (var serving = await OpsBotProcess.ServeAsync(_folder, Config("serve", ""), Cancel))
        {
            await SendAsync(await serving.Webhooks, 0, 20);
            (await serving.TerminateAsync(Cancel)).ShouldBe(0, serving.Errors);
        }

        var file = Path.Combine(_folder.Data, "opsbot.db");
        await using (var damaged = new FileStream(file, FileMode.Open))
        {
            damaged.Seek(damaged.Length / 2, SeekOrigin.Begin);
            damaged.Write([.. Enumerable.Repeat((byte)0xA5, 64 * 1024)]);
        }

        var backup = Path.Combine(_folder.Path, "backup.db");
        (await OpsBotProgram.RunAsync(_folder, Cancel, "store", "backup", backup)).ExitCode.ShouldBe(1);
        Directory.EnumerateFiles(_folder.Path, "backup.db*").ShouldBeEmpty();
        var other = await OpsBotProgram.RunAsync(_folder, Cancel, "store", "backup", backup, "--config", _folder.Write("p.yaml", "store: { postgres: Host=db }"));
        other.ExitCode.ShouldBe(2, other.ToString());
        other.Error.ShouldContain("pg_dump");
    }

    /// <summary>Sends one after the other, and none is turned away: unless the machine itself stood still for that long, and then it is sent again.</summary>
    private async Task<(int Accepted, int Known)> SendAsync(Uri to, int from, int count)
    {
        await using var probe = new StallProbe(_folder.Path);
        var (accepted, known) = (0, 0);
        for (var i = from; i < from + count; i++)
        {
            var post = await _sender.PostAsync(to, $"a{i}", Cancel);
            var isRepeated = false;
            for (; post.Status == HttpStatusCode.ServiceUnavailable; isRepeated = true)
            {
                post.Answer.ShouldContain("The store has not answered within 5 s.", customMessage: "it is there, and nothing else waits for it");
                probe.Longest.ShouldBeGreaterThan(TimeSpan.FromSeconds(2), "others write to the same disk, and only OpsBot cannot");
                post = await _sender.PostAsync(to, $"a{i}", Cancel);
            }

            post.Status.ShouldBe(HttpStatusCode.Accepted, post.Answer);
            // what was given up may have been committed all the same, and is known by then
            (accepted, known) = !isRepeated && post.Answer.Contains("\"duplicates\":1", StringComparison.Ordinal) ? (accepted, known + 1) : (accepted + 1, known);
        }

        return (accepted, known);
    }

    /// <summary>Something that takes connections and never answers, and a configuration in which diagnoses hang on it.</summary>
    private static TcpListener Silent(out string section)
    {
        var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        section = $$"""
            evidence: { prometheus: [ { name: silent, url: "http://{{silent.LocalEndpoint}}", timeout: 5m, queries: [ { name: errors, expr: up } ] } ] }
            diagnosis: { sourceDeadlineSeconds: 300 }
            """;
        return silent;
    }

    private string Config(string name, string more) => _folder.Write(
        $"{name}.yaml", $"{AlertSender.Senders}\nincidents: {{ diagnoseAfter: 100ms, maxDiagnoses: 1 }}\nmessages: {{ lease: 5s }}\n{more}\n");

    private static Task UntilAsync(string what, Func<Task<bool>> holds) => OpsBotProgram.UntilAsync(async () => await holds() ? "so" : null, what, Cancel);
}

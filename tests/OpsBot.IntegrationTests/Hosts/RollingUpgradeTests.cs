using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using OpsBot.Storage.Engine;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>
/// Version N and its successors on one PostgreSQL store. The hosts are real ones of this version; what a successor would do to the store is done from outside, by the
/// program's own migrator with the scripts that the successor would have.
/// </summary>
public sealed class RollingUpgradeTests
{
    private const string Pending = "select count(*) from messages where handled_at is null and dead_at is null and due_at <= extract(epoch from now()) * 1000 + 5000";

    private static readonly int N = Migrator.Known;

    /// <summary>What N + 1 brings: all of it may be there, and none of it be filled, while N works.</summary>
    private static readonly MigrationScript Expand = new(N + 1, $"{N + 1:0000}_next.sql", """
        -- expand: notes of a message, and of an incident
        alter table messages add column next_note text;
        alter table messages add column next_weight integer not null default 1;
        alter table incidents add column next_note text;
        alter table incident_alerts add column next_note text;
        alter table threads add column next_note text;
        create table next_notes (id {{identity}}, message integer not null, note text not null);
        create index messages_next_weight on messages (next_weight);
        """);

    /// <summary>What N + 2 takes away: something that N uses and N + 1 does not.</summary>
    private static readonly MigrationScript Contract = new(N + 2, $"{N + 2:0000}_next.sql", $"""
        -- contract {N + 1:0000}: N + 1 does not read it
        alter table messages drop column trace;
        """);

    /// <summary>Alerts in each of five moments.</summary>
    private static readonly int Each = LongRun.IsOn ? 40 : 10;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hosts_of_one_version_go_on_and_start_beside_the_next_one_and_are_kept_from_what_they_cannot_use()
    {
        LongRun.Require();
        await using var servers = await SharedServers.StartAsync(Cancel);
        using DataFolder one = new(), two = new(), three = new();
        using var sender = new AlertSender();
        await using var first = await ServeAsync(one, servers);
        var sent = await SendAsync(sender, 0, Each, await first.Webhooks);

        // N + 1 comes while N works; what N had prepared and what it holds goes on.
        var upgrade = Task.Run(() => Migrate(servers, Expand), Cancel);
        sent += await SendAsync(sender, Each, Each, await first.Webhooks);
        await upgrade;
        sent += await SendAsync(sender, 2 * Each, Each, await first.Webhooks);
        // As N + 1 writes: a host of N must handle it.
        await servers.ExecuteAsync("update messages set next_note = 'seen', next_weight = 2 where id in (select id from messages order by id for update skip locked); insert into next_notes (message, note) select id, 'n' from messages", Cancel);

        // And N starts on what N + 1 left, as in a rollback.
        await using var second = await ServeAsync(two, servers);
        second.Errors.ShouldContain($"The store is at migration {N + 1}, and this OpsBot knows {N}.");
        sent += await SendAsync(sender, 3 * Each, Each, await first.Webhooks, await second.Webhooks);
        await HandledAsync(servers, sent);
        first.Errors.ShouldNotContain("fail:");
        second.Errors.ShouldNotContain("fail:");

        // N + 2 takes something away that N uses: not while a host of N serves.
        await OpsBotProgram.UntilAsync(async () => await servers.CountAsync($"select count(*) from pg_locks where locktype = 'advisory' and classid = {PostgresPresence.VersionClass}", Cancel) == 2 ? "both" : null, "both hosts present", Cancel);
        Should.Throw<StoreException>(() => Migrate(servers, Expand, Contract)).Message.ShouldContain($"2 hosts that know less than migration {N + 1} still serve this store.");
        sent += await SendAsync(sender, 4 * Each, Each, await first.Webhooks, await second.Webhooks);
        await HandledAsync(servers, sent);
        (await second.TerminateAsync(Cancel)).ShouldBe(0, second.Errors);

        // One that the database could not see for a moment finds out when it is back, and stops before it does harm.
        await servers.ExecuteAsync($"insert into migrations (number, name, oldest_reader) values ({N + 2}, 'next', {N + 1})", Cancel);
        await servers.ExecuteAsync($"select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = {PostgresPresence.VersionClass}", Cancel);
        await first.EndedAsync(Cancel);
        first.Errors.ShouldContain($"wants a program that knows {N + 1}, this OpsBot knows {N}");
        await servers.ExecuteAsync($"delete from migrations where number = {N + 2}", Cancel);

        Migrate(servers, Expand, Contract);
        var refused = await OpsBotProgram.RunAsync(three, Cancel, "serve", "--config", Config(three, servers), "--urls", "http://127.0.0.1:0", "--console-urls", "http://127.0.0.1:0");
        refused.ExitCode.ShouldNotBe(0);
        refused.Error.ShouldContain($"The store is at migration {N + 2} and wants a program that knows {N + 1}, this OpsBot knows {N}");
        refused.Error.ShouldNotContain("   at ", customMessage: refused.ToString());
    }

    private static void Migrate(SharedServers servers, params MigrationScript[] more)
    {
        using var connection = new NpgsqlConnection(servers.Postgres + ";Pooling=False");
        connection.Open();
        PostgresStore.Migrate(connection, new Migrator(new PostgresDialect(), NullLogger.Instance, [.. MigrationScript.All(), .. more]));
    }

    private static async Task HandledAsync(SharedServers servers, int sent)
    {
        await OpsBotProgram.UntilAsync(async () => await servers.CountAsync(Pending, Cancel) == 0 ? "all" : null, "everything handled", Cancel);
        (await servers.CountAsync("select count(*) from messages where delivery_key is not null and handled_at is not null", Cancel)).ShouldBe(sent);
        (await servers.CountAsync("select count(*) from messages where dead_at is not null", Cancel)).ShouldBe(0);
        (await servers.CountAsync("select count(*) from incidents", Cancel)).ShouldBe(sent, "each alert is of a service and environment of its own");
        (await servers.CountAsync("select count(*) from threads", Cancel)).ShouldBe(sent);
    }

    private static string Config(DataFolder folder, SharedServers servers) => folder.Write("opsbot.yaml", $$"""
        {{AlertSender.Senders}}
        {{servers.Sections}}
        messages: { lease: 5s, backoff: 100ms }
        incidents: { maxDiagnoses: 1 }
        """);

    private static Task<OpsBotProcess> ServeAsync(DataFolder folder, SharedServers servers) => OpsBotProcess.ServeAsync(folder, Config(folder, servers), Cancel);

    private static async Task<int> SendAsync(AlertSender sender, int from, int count, params Uri[] hosts)
    {
        for (var at = from; at < from + count; at++)
        {
            var (status, answer, _) = await sender.PostAsync(hosts[at % hosts.Length], $"a{at}", Cancel);
            status.ShouldBe(HttpStatusCode.Accepted, answer);
        }

        return count;
    }
}

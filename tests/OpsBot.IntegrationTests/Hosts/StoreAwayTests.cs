using System.Globalization;
using System.Net;
using Npgsql;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>A real PostgreSQL that is away when a host starts, and again later: it is waited for, and whoever asks is told.</summary>
public sealed class StoreAwayTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_waits_for_its_store_at_start_and_later_and_stops_in_order_without_it()
    {
        await using var servers = await SharedServers.StartAsync(Cancel);
        using DataFolder folder = new(), other = new();
        using var sender = new AlertSender();
        await servers.StopPostgresAsync(Cancel);

        await using var host = await ServeAsync(folder, servers);
        var to = await host.Webhooks;
        await AwayAsync(sender, to);
        await servers.RestartPostgresAsync(Cancel);
        await ReadyAsync(sender, to);
        await HandledAsync(servers, sender, to, "first", 1);

        await servers.StopPostgresAsync(Cancel);
        await AwayAsync(sender, to);
        await servers.RestartPostgresAsync(Cancel);
        await ReadyAsync(sender, to);
        await HandledAsync(servers, sender, to, "second", 2);

        await servers.StopPostgresAsync(Cancel);
        await using var second = await ServeAsync(other, servers);
        await AwayAsync(sender, await second.Webhooks);
        (await host.TerminateAsync(Cancel)).ShouldBe(0, host.Errors);
        (await second.TerminateAsync(Cancel)).ShouldBe(0, second.Errors);
    }

    [Fact]
    public async Task A_server_that_refuses_is_an_error_that_ends_the_start()
    {
        await using var servers = await SharedServers.StartPostgresAsync(Cancel);
        foreach (var (right, wrong) in new[] { ($"Database={servers.Database}", "Database=nowhere"), ("Username=postgres", "Username=nobody-here") })
        {
            using var folder = new DataFolder();
            var config = folder.Write("opsbot.yaml", $"store: {{ postgres: \"{servers.Postgres.Replace(right, wrong, StringComparison.Ordinal)}\" }}\n");

            var ended = await OpsBotProgram.RunAsync(folder, Cancel, "serve", "--config", config, "--urls", "http://127.0.0.1:0", "--console-urls", "http://127.0.0.1:0");

            ended.ExitCode.ShouldBe(1, ended.ToString());
            ended.Error.ShouldContain(wrong[(wrong.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            ended.Error.ShouldContain("store.postgres");
        }
    }

    [Fact]
    public async Task A_wrong_password_ends_the_start_with_who_and_where_and_never_with_the_password()
    {
        const string Right = "the-password-it-has", Wrong = "the-password-it-was-given";
        await using var servers = await SharedServers.StartPostgresAsync(Cancel);
        using var folder = new DataFolder();
        servers.KeepFromOthers();
        await servers.ExecuteAsync($"create role opsbot login superuser password '{Right}'", Cancel);
        // the first line that fits decides; what the tests connect as needs no password still
        var rules = (await servers.LinesAsync("show hba_file", Cancel)).Single();
        await servers.ExecuteAsync(
            $"copy (values ('host all opsbot 127.0.0.1/32 scram-sha-256'), ('host all all 127.0.0.1/32 trust')) to '{rules}'; select pg_reload_conf()", Cancel);
        var store = servers.Postgres.Replace("Username=postgres", "Username=opsbot", StringComparison.Ordinal);

        // the server reads its rules again in its own time
        var read = await OpsBotProgram.UntilAsync(
            async () => await StartAsync(Wrong, "messages") is { ExitCode: not 0 } refused ? refused : null, "the password to be refused", Cancel);
        read.ExitCode.ShouldBe(1, read.ToString());
        var ended = await StartAsync(Wrong, "serve", "--urls", "http://127.0.0.1:0", "--console-urls", "http://127.0.0.1:0");
        ended.ExitCode.ShouldBe(1, ended.ToString());
        var port = new NpgsqlConnectionStringBuilder(store).Port.ToString(CultureInfo.InvariantCulture);
        ended.Error.ShouldContain($"The PostgreSQL store at 127.0.0.1:{port}/{servers.Database} cannot be used by 'opsbot': 28P01");
        ended.Error.ShouldContain("Compare user and password of store.postgres");
        foreach (var text in new[] { ended.Error, ended.Output, read.Error, read.Output })
        {
            text.ShouldNotContain(Wrong);
            text.ShouldNotContain("   at ");
        }

        (await StartAsync(Right, "messages")).ExitCode.ShouldBe(0);

        Task<Finished> StartAsync(string password, params string[] verb) => OpsBotProgram.RunAsync(
            folder, Cancel, [.. verb, "--config", folder.Write("opsbot.yaml", $"{AlertSender.Senders}\nstore: {{ postgres: \"{store};Password={password}\" }}\n")]);
    }

    private static Task<OpsBotProcess> ServeAsync(DataFolder folder, SharedServers servers) => OpsBotProcess.ServeAsync(
        folder,
        folder.Write("opsbot.yaml", $$"""
            {{AlertSender.Senders}}
            {{servers.Sections}}
            messages: { lease: 5s, backoff: 100ms }
            incidents: { maxDiagnoses: 1, diagnoseAfter: 100ms }
            """),
        Cancel);

    /// <summary>It lives, is not ready and says why, and whoever has an event is told to come again.</summary>
    private static async Task AwayAsync(AlertSender sender, Uri host)
    {
        await OpsBotProgram.UntilAsync(
            async () => await sender.HealthAsync(host, Cancel, "/readyz") is (HttpStatusCode.ServiceUnavailable, var text) && text.StartsWith("store: The store cannot commit: ", StringComparison.Ordinal) ? "away" : null,
            "/readyz to name the store",
            Cancel);
        (await sender.HealthAsync(host, Cancel)).ShouldBe((HttpStatusCode.OK, "ok\n"), "it need not be restarted");
        var refused = await sender.PostAsync(host, "refused", Cancel);
        refused.Status.ShouldBe(HttpStatusCode.ServiceUnavailable, refused.Answer);
        refused.RetryAfter.ShouldNotBeNull();
    }

    private static Task<string> ReadyAsync(AlertSender sender, Uri host) => OpsBotProgram.UntilAsync(
        async () => await sender.HealthAsync(host, Cancel, "/readyz") == (HttpStatusCode.OK, "store: ok\nbus: ok\n") ? "ready" : null, "the host to be ready", Cancel);

    private static async Task HandledAsync(SharedServers servers, AlertSender sender, Uri host, string id, int diagnoses)
    {
        // a connection of before may be found broken only by the first who needs it; who is told to come again does
        await OpsBotProgram.UntilAsync(async () => (await sender.PostAsync(host, id, Cancel)).Status == HttpStatusCode.Accepted ? "taken" : null, "the event to be taken", Cancel);
        await OpsBotProgram.UntilAsync(
            async () => await servers.CountAsync("select count(*) from diagnoses", Cancel) == diagnoses
                && await servers.CountAsync("select count(*) from messages where handled_at is null", Cancel) == 0 ? "all" : null,
            "all to be handled",
            Cancel);
        (await servers.CountAsync("select count(*) from threads", Cancel)).ShouldBe(diagnoses);
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Store;

/// <summary>From one machine with a file to PostgreSQL, in the middle of everything: work goes on there, and nothing happens twice.</summary>
public sealed class MovedStoreTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private const int Alerts = 6;
    private const string Token = "opsbot_the-token-of-ada-in-this-test";

    private readonly DataFolder _folder = new();
    private readonly AlertSender _sender = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _sender.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_unhandled_when_SQLite_was_left_is_handled_once_on_PostgreSQL_and_incidents_and_threads_go_on(bool killed)
    {
        if (!killed)
        {
            LongRun.Require();
        }

        var (server, database) = (await postgres.ServerAsync(), await postgres.DatabaseAsync());
        // takes connections and says nothing: diagnoses hang on it
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var before = Config("before", $$"""
            evidence: { prometheus: [ { name: silent, url: "http://127.0.0.1:{{port}}", timeout: 5m, queries: [ { name: errors, expr: up } ] } ] }
            diagnosis: { sourceDeadlineSeconds: 300 }
            """);
        await using (var old = await OpsBotProcess.ServeAsync(_folder, before, Cancel))
        {
            for (var i = 0; i < Alerts; i++)
                (await _sender.PostAsync(await old.Webhooks, $"a{i}", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
            await UntilAsync("an incident for each, and diagnoses that hang", () => Task.FromResult(
                _folder.Store.Count("select count(*) from incidents") == Alerts && _folder.Store.Count("select sum(attempts) from messages where kind = 'incident.diagnose'") > 0));
            (await StopAndResumeActionsAsync(before)).ShouldBe((0, 0));
            if (killed)
            {
                await old.KillAsync();
                _folder.Store.Count("select count(*) from messages where leased_by is not null").ShouldBeGreaterThan(0);
            }
            else
            {
                (await old.TerminateAsync(Cancel)).ShouldBe(0, old.Errors);
            }
        }

        var unhandled = _folder.Store.Pending();
        unhandled.ShouldBeGreaterThanOrEqualTo(Alerts);
        var head = (await VerbAsync(before, "audit", "verify")).Output;
        head.ShouldStartWith("whole: 2 rows");

        var after = Config("after", $"store: {{ postgres: !file {_folder.Write("secret", server.PostgresOf(database) + "\n")} }}");
        var copied = await VerbAsync(after, "store", "copy");

        copied.ExitCode.ShouldBe(0, copied.ToString());
        (await VerbAsync(after, "audit", "verify")).Output.ShouldBe(head);
        (await CountAsync("select count(*) from messages where handled_at is null and dead_at is null")).ShouldBe(unhandled);
        (await CountAsync("select count(*) from messages where leased_by is not null and handled_at is null")).ShouldBe(0, "nobody has to wait for leases of the dead");
        await using var now = await OpsBotProcess.ServeAsync(_folder, after, Cancel);
        await UntilAsync("everything handled", async () => await CountAsync("select count(*) from messages where handled_at is null and dead_at is null") == 0);

        // A delivery that comes again is known, a resolve finds its incident, a new alert gets a new number.
        var to = await now.Webhooks;
        (await _sender.PostAsync(to, "a0", Cancel)).Answer.ShouldContain("\"duplicates\":1");
        for (var i = 0; i < Alerts; i++)
            (await _sender.PostAsync(to, $"a{i}", Cancel, "resolved")).Status.ShouldBe(HttpStatusCode.Accepted);
        (await _sender.PostAsync(to, "new", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        await UntilAsync("everything resolved and handled", async () =>
            await CountAsync("select count(*) from messages where handled_at is null and dead_at is null") == 0 && await CountAsync("select count(*) from incidents where status = 'resolved'") == Alerts);

        (await CountAsync("select count(*) from messages where dead_at is not null")).ShouldBe(0);
        (await CountAsync("select count(*) from (select 1 from messages where delivery_key is not null group by source, delivery_key having count(*) <> 1) twice")).ShouldBe(0);
        (await CountAsync("select count(*) from messages where delivery_key is not null and handled_at is not null")).ShouldBe((2 * Alerts) + 1);
        (await CountAsync("select count(*) from incidents")).ShouldBe(Alerts + 1);
        (await CountAsync("select max(id) from incidents")).ShouldBe(Alerts + 1);
        (await CountAsync("select count(*) from threads")).ShouldBe(Alerts + 1);
        (await CountAsync("select count(*) from incident_joins")).ShouldBe(Alerts + 1, "no alert joined twice");
        (await CountAsync("select count(*) from (select 1 from diagnoses group by incident_id having count(*) <> 1) other")).ShouldBe(0, "one diagnosis an incident");
        (await CountAsync("select count(*) from diagnoses")).ShouldBe(Alerts + 1);
        (await CountAsync("select count(*) - count(distinct delivery_id) from thread_replies")).ShouldBe(0);
        (await CountAsync("select count(*) from timeline where kind = 'opened'")).ShouldBe(Alerts + 1);
        (await now.TerminateAsync(Cancel)).ShouldBe(0, now.Errors);

        Task<long> CountAsync(string sql) => server.CountAsync(sql, Cancel, database);
    }

    /// <summary>Two rows of the audit.</summary>
    private async Task<(int, int)> StopAndResumeActionsAsync(string config)
    {
        var token = _folder.Write("token", Token + "\n");
        var stopped = await VerbAsync(config, "actions", "stop", "--reason", "the move", "--token-file", token);
        var resumed = await VerbAsync(config, "actions", "resume", "--token-file", token);
        return (stopped.ExitCode, resumed.ExitCode);
    }

    private Task<Finished> VerbAsync(string config, params string[] arguments) => OpsBotProgram.RunAsync(_folder, Cancel, [.. arguments, "--config", config]);

    private string Config(string name, string more) => _folder.Write($"{name}.yaml", $$"""
        {{AlertSender.Senders}}
        people: [{ id: ada, name: Ada Lovelace, roles: [oncall], token: "sha256:{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))}}" }]
        incidents: { diagnoseAfter: 100ms, maxDiagnoses: 1 }
        {{more}}
        """);

    private static Task UntilAsync(string what, Func<Task<bool>> holds) =>
        OpsBotProgram.UntilAsync(async () => await holds() ? "so" : null, what, Cancel);
}

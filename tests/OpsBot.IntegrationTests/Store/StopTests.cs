using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Store;

/// <summary>What becomes of work in hand when the process is stopped in order, and when it is killed.</summary>
public sealed class StopTests : IDisposable
{
    private readonly DataFolder _folder = new();
    private readonly AlertSender _sender = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _sender.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_a_diagnosis_gives_the_work_back_and_the_next_start_does_it_at_once()
    {
        const int Alerts = 5;
        // takes connections and says nothing: a diagnosis hangs on it
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var hanging = Config("hanging", $$"""
            evidence: { prometheus: [ { name: silent, url: "http://127.0.0.1:{{port}}", timeout: 5m, queries: [ { name: errors, expr: up } ] } ] }
            diagnosis: { sourceDeadlineSeconds: 300 }
            """);

        await using (var stopped = await OpsBotProcess.ServeAsync(_folder, hanging, Cancel))
        {
            for (var i = 0; i < Alerts; i++)
                (await _sender.PostAsync(await stopped.Webhooks, $"alert-{i}", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
            await UntilAsync("two diagnoses that hang and two on the bus", () => _folder.Store.Lines(
                "select sum(attempts), sum(leased_by is not null) from messages where kind = 'incident.diagnose'").Single() == "2 | 4");
            using var asked = await silent.AcceptSocketAsync(Cancel);
            var begun = TimeProvider.System.GetTimestamp();

            (await stopped.TerminateAsync(Cancel)).ShouldBe(0, stopped.Errors);

            TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(30));
            stopped.Errors.ShouldNotContain("   at ");
        }

        _folder.Store.Lines("select id, kind, leased_by from messages where leased_by is not null or (published_at is not null and handled_at is null)").ShouldBeEmpty();
        _folder.Store.Lines("select count(*), sum(attempts), sum(abandoned) from messages where kind = 'incident.diagnose'").ShouldBe([$"{Alerts} | 0 | 0"]);
        // claimed and taken back again: 2; claimed, taken and given back: 4
        _folder.Store.Lines("select lease_token, count(*) from messages where kind = 'incident.diagnose' group by lease_token order by lease_token")
            .ShouldBe(["0 | 1", "2 | 2", "4 | 2"], "what only lay on the bus was put back before the bus stopped, and nobody began it");
        Directory.EnumerateFiles(Path.Combine(_folder.Data, "workers")).ShouldBeEmpty();

        await using var again = await OpsBotProcess.ServeAsync(_folder, Config("plain", ""), Cancel);
        await UntilAsync("everything handled", () => _folder.Store.Pending() == 0);
        _folder.Store.Lines("select count(*), sum(attempts), sum(abandoned), sum(dead_at is not null) from messages where kind = 'incident.diagnose'")
            .ShouldBe([$"{Alerts} | {Alerts} | 0 | 0"]);
        _folder.Store.Count("select count(*) from diagnoses").ShouldBe(Alerts);
    }

    [Fact]
    public async Task What_a_killed_process_held_is_taken_over_at_once_by_another_on_the_same_store()
    {
        LongRun.Require();
        var config = Config("patient", "messages: { lease: 30m }");
        await using var killed = OpsBotProcess.Start(_folder, config, "after-take:1");
        (await _sender.PostAsync(await killed.Webhooks, "alert", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await killed.Held.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel)).ShouldBeTrue(killed.Errors);
        await using var other = await OpsBotProcess.ServeAsync(_folder, config, Cancel);
        _folder.Store.Count("select count(*) from messages where leased_by is not null").ShouldBe(1, "whoever holds it lives");

        await killed.KillAsync();

        // the lease itself would last for half an hour
        await UntilAsync("everything handled", () => _folder.Store.Pending() == 0);
        _folder.Store.Count("select sum(abandoned) from messages").ShouldBe(1);
        Directory.EnumerateFiles(Path.Combine(_folder.Data, "workers")).Count().ShouldBe(1, "the lock of the dead one is gone, that of the living one is not");
    }

    private string Config(string name, string more) =>
        _folder.Write($"{name}.yaml", $"{AlertSender.Senders}\nincidents: {{ diagnoseAfter: 100ms }}\n{more}\n");

    private static Task UntilAsync(string what, Func<bool> holds) =>
        OpsBotProgram.UntilAsync(() => Task.FromResult(holds() ? "so" : null), what, Cancel);
}

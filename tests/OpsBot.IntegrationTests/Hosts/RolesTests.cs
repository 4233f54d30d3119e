using System.Net;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>The program split over hosts: one takes events, one works, one keeps the threads.</summary>
public sealed class RolesTests
{
    private const string Unhandled = "select count(*) from messages where handled_at is null";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_of_each_role_together_do_what_one_does_and_the_one_that_takes_events_needs_no_other()
    {
        await using var servers = await SharedServers.StartAsync(Cancel);
        await using var hosts = new RoleHosts(servers);
        using var sender = new AlertSender();
        var ingress = await hosts.StartAsync("ingress", "", Cancel);
        // Who looks for work by itself only every hour has it at once where it is told.
        var worker = await hosts.StartAsync("worker", ", poll: 1h", Cancel);
        var chat = await hosts.StartAsync("chat", ", poll: 1h", Cancel);
        foreach (var (host, answer) in new[] { (await ingress.Webhooks, "store: ok\nevents: ok\n"), (await worker.Health, "store: ok\nbus: ok\n"), (await chat.Health, "store: ok\nbus: ok\n") })
        {
            await OpsBotProgram.UntilAsync(
                async () => await sender.HealthAsync(host, Cancel, "/readyz") == (HttpStatusCode.OK, answer) ? "ready" : null, $"/readyz to say '{answer}'", Cancel);
            (await sender.HealthAsync(host, Cancel)).ShouldBe((HttpStatusCode.OK, "ok\n"));
        }

        (await sender.PostAsync(await ingress.Webhooks, "first", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        await OpsBotProgram.UntilAsync(
            async () => await hosts.HasHandledAsync(chat, "thread.update-card", Cancel) ? "posted" : null, "the chat host to have posted the thread", Cancel);
        (await servers.CountAsync("select count(*) from threads", Cancel)).ShouldBe(1);
        (await hosts.PageAsync(await chat.Console, "/incidents/INC-1", Cancel)).ShouldContain("first fails");
        (await hosts.HasHandledAsync(worker, "alert.reported", Cancel), await hosts.HasHandledAsync(worker, "thread.update-card", Cancel)).ShouldBe((true, false));
        (await hosts.HasHandledAsync(chat, "alert.reported", Cancel), await hosts.HasHandledAsync(chat, "thread.update-card", Cancel)).ShouldBe((false, true));
        (await hosts.HasHandledAsync(ingress, "alert.reported", Cancel), await hosts.HasHandledAsync(ingress, "thread.update-card", Cancel)).ShouldBe((false, false));
        (await sender.PostAsync(await worker.Health, "elsewhere", Cancel)).ShouldBe(
            (HttpStatusCode.NotFound, "This host takes no deliveries: it is worker. Send them to one that is ingress.\n", null));

        await Task.WhenAll(SendAsync(sender, ingress, 0, 30), worker.KillAsync());
        await chat.KillAsync();
        await SendAsync(sender, ingress, 30, 30);
        (await servers.CountAsync(Unhandled, Cancel)).ShouldBeGreaterThanOrEqualTo(30, "nobody is there who handles any");

        worker = await hosts.StartAsync("worker", "", Cancel);
        chat = await hosts.StartAsync("chat", "", Cancel);
        await OpsBotProgram.UntilAsync(async () => await servers.CountAsync(Unhandled, Cancel) == 0 ? "all" : null, "everything handled", Cancel);
        (await servers.CountAsync("select count(*) from incident_joins", Cancel)).ShouldBe(61);
        (await servers.CountAsync("select count(*) from threads", Cancel)).ShouldBe(61);
        (await servers.CountAsync("select count(*) from diagnoses", Cancel)).ShouldBe(61);
        (await servers.CountAsync("select count(*) from messages where dead_at is not null", Cancel)).ShouldBe(0);
        foreach (var host in new[] { ingress, worker, chat })
        {
            (await host.TerminateAsync(Cancel)).ShouldBe(0, host.Errors);
        }
    }

    [Theory]
    [InlineData("serve: { roles: [ worker, wroker ] }", "", "opsbot.yaml:1: serve.roles[1]: 'wroker' is not one of ingress, worker, chat")]
    [InlineData("serve: { roles: [] }", "", "opsbot.yaml:1: serve.roles: The list is empty; name one or more of ingress, worker, chat")]
    [InlineData("serve: { roles: [ worker, chat ] }", "", "serve.roles: this host would be worker, chat only, and its SQLite store is a file that no other host reaches: what ingress should do would never be done; name a database as store.postgres")]
    [InlineData("", "chat", "what ingress, worker should do would never be done; name a database as store.postgres")]
    [InlineData("", "chat,boss", "--roles: 'boss' is no role; known are ingress, worker, chat.")]
    [InlineData("", " , ", "--roles: names no role; write one or more of ingress, worker, chat, separated by commas.")]
    public async Task A_host_that_would_leave_work_undone_does_not_start(string config, string roles, string says)
    {
        using var folder = new DataFolder();
        string[] serve = ["serve", "--config", folder.Write("opsbot.yaml", config + "\n"), "--urls", "http://127.0.0.1:0", "--console-urls", "http://127.0.0.1:0"];

        var ended = await OpsBotProgram.RunAsync(folder, Cancel, roles.Length > 0 ? [.. serve, "--roles", roles] : serve);

        ended.ExitCode.ShouldBe(2, ended.ToString());
        ended.Error.ShouldContain(says);
    }

    private static async Task SendAsync(AlertSender sender, OpsBotProcess to, int from, int count)
    {
        for (var at = from; at < from + count; at++)
        {
            (await sender.PostAsync(await to.Webhooks, $"a{at}", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        }
    }
}

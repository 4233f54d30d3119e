using System.Net;
using System.Security.Cryptography;
using System.Text;
using OpsBot.IntegrationTests.Support;
using OpsBot.RealServers;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Hosts;

/// <summary>Hosts of one store chain its audit with one key: one that has another does not start, and one that began first ends.</summary>
public sealed class AuditKeyTests
{
    private const string Key = "audit: { key: the-key-that-the-hosts-of-this-store-share }";
    private const string Another = "audit: { key: a-key-that-nobody-else-in-here-has-seen }";

    private const string Token = "opsbot_the-token-of-bo-in-these-tests";

    private static readonly string People =
        $"people: [ {{ id: bo, name: Bo, roles: [oncall], token: \"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))}\" }} ]";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_with_another_key_than_the_stores_audit_does_not_start_and_says_what_to_do()
    {
        LongRun.Require();
        await using var servers = await SharedServers.StartPostgresAsync(Cancel);
        using DataFolder first = new(), same = new(), other = new(), none = new(), early = new();
        // This one is there before anything stands in the audit.
        await using var began = await ServeAsync(early, servers, Another);
        await using var host = await ServeAsync(first, servers, Key);
        (await ActionsAsync(first, Config(first, servers, Key), "stop", "--reason", "the test wants it")).ExitCode.ShouldBe(0);

        await began.EndedAsync(Cancel);
        began.Errors.ShouldContain("was written with another key than this host has, audit.key of the configuration");
        (await servers.CountAsync("select count(*) from audit", Cancel)).ShouldBe(1);
        await using (var second = await ServeAsync(same, servers, Key))
        {
            (await second.TerminateAsync(Cancel)).ShouldBe(0, second.Errors);
        }

        var refused = await StartAsync(other, servers, Another);
        refused.ExitCode.ShouldBe(1, refused.ToString());
        refused.Error.ShouldContain("The audit of this store (newest row 1) was written with another key than this host has, audit.key of the configuration.");
        refused.Error.ShouldContain("name that of the others as audit.key in the configuration of each");
        refused.Error.ShouldNotContain("a-key-that-nobody");

        // a data folder of its own with a key of its own, as a host makes it that was alone before
        Directory.CreateDirectory(none.Data);
        var keyless = await StartAsync(none, servers, "");
        keyless.ExitCode.ShouldBe(1, keyless.ToString());
        keyless.Error.ShouldContain($"'{Path.Combine(none.Data, "audit.key")}' is not there");
        File.WriteAllBytes(Path.Combine(none.Data, "audit.key"), new byte[32]);
        var own = await StartAsync(none, servers, "");
        own.ExitCode.ShouldBe(1, own.ToString());
        own.Error.ShouldContain($"than this host has, the file '{Path.Combine(none.Data, "audit.key")}'");

        // who writes nothing into the audit needs no key
        await using (var ingress = await OpsBotProcess.ServeAsync(none, Config(none, servers, "serve: { roles: [ ingress ] }"), process => process.Webhooks, Cancel))
        {
            (await ingress.TerminateAsync(Cancel)).ShouldBe(0, ingress.Errors);
        }

        // and a verb that does writes nothing with another key
        var denied = await ActionsAsync(other, Config(other, servers, Another), "resume");
        denied.ExitCode.ShouldBe(1, denied.ToString());
        denied.Error.ShouldContain("was written with another key");
        (await servers.CountAsync("select count(*) from audit", Cancel)).ShouldBe(1);
        (await host.TerminateAsync(Cancel)).ShouldBe(0, host.Errors);
    }

    [Fact]
    public async Task A_host_alone_that_has_lost_its_key_takes_events_all_the_same_and_says_what_it_cannot_do()
    {
        LongRun.Require();
        using var folder = new DataFolder();
        using var sender = new AlertSender();
        var config = folder.Write("opsbot.yaml", AlertSender.Senders + "\n" + People);
        await using (var before = await OpsBotProcess.ServeAsync(folder, config, Cancel))
        {
            (await ActionsAsync(folder, config, "stop", "--reason", "the test wants it")).ExitCode.ShouldBe(0);
        }

        folder.Store.Count("select count(*) from audit").ShouldBe(1);
        File.Delete(Path.Combine(folder.Data, "audit.key"));

        await using var host = await OpsBotProcess.ServeAsync(folder, config, Cancel);

        (await sender.PostAsync(await host.Webhooks, "first", Cancel)).Status.ShouldBe(HttpStatusCode.Accepted);
        host.Errors.ShouldContain("Nothing can be approved, run or closed: There is an audit and no key to it");
        (await host.TerminateAsync(Cancel)).ShouldBe(0, host.Errors);
    }

    private static string Config(DataFolder folder, SharedServers servers, string more) =>
        folder.Write("opsbot.yaml", $"{AlertSender.Senders}\nstore: {{ postgres: \"{servers.Postgres}\" }}\n{People}\n{more}\n");

    private static Task<OpsBotProcess> ServeAsync(DataFolder folder, SharedServers servers, string more) => OpsBotProcess.ServeAsync(folder, Config(folder, servers, more), Cancel);

    private static Task<Finished> StartAsync(DataFolder folder, SharedServers servers, string more) => OpsBotProgram.RunAsync(
        folder, Cancel, "serve", "--config", Config(folder, servers, more), "--urls", "http://127.0.0.1:0", "--console-urls", "http://127.0.0.1:0");

    /// <summary>A row of the audit.</summary>
    private static Task<Finished> ActionsAsync(DataFolder folder, string config, params string[] verb) => OpsBotProgram.RunAsync(
        folder, Cancel, ["actions", .. verb, "--config", config, "--token-file", folder.Write("token", Token + "\n")]);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Gates;

/// <summary>The real executable: a person closes an incident, a gate holds it open, the audit tells.</summary>
public sealed class ClosingTests : IDisposable
{
    private const string Token = "opsbot_the-token-of-ada-in-this-test";

    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_denial_holds_it_open_and_says_so_in_the_thread_and_a_pass_closes_it()
    {
        var open = Path.Combine(_folder.Path, "open");
        await using var process = await ServeAsync($"#!/bin/sh\n[ -e {open} ] && echo 'the flag is up' && exit 0\necho 'the flag is down'\nexit 1\n");
        await AlertAsync(process);

        (await PersonAsync("ack", "INC-1")).Output.ShouldStartWith("INC-1 acknowledged");
        (await PersonAsync("ack", "INC-1")).ExitCode.ShouldBe(0);
        var denied = await PersonAsync("resolve", "INC-1");
        denied.ExitCode.ShouldBe(1, denied.ToString());
        denied.Output.ShouldContain("flag.sh\":\"denied: the flag is down");
        await OpsBotProgram.UntilAsync(
            async () => (await VerbAsync("incidents", "show", "INC-1")).Output is var shown && shown.Contains("wants this closed; it stays open. flag.sh: the flag is down", StringComparison.Ordinal) ? shown : null,
            "the denial in the thread", Cancel);

        await File.WriteAllTextAsync(open, "", Cancel);
        var closed = await PersonAsync("resolve", "1");
        closed.ExitCode.ShouldBe(0, closed.ToString());
        (await PersonAsync("resolve", "INC-1")).Error.ShouldContain("resolved already");

        using var shownAsJson = JsonDocument.Parse((await VerbAsync("incidents", "show", "INC-1", "--json")).Output);
        shownAsJson.RootElement.GetProperty("incident").GetProperty("status").GetString().ShouldBe("resolved");
        var kinds = (await VerbAsync("audit", "export")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).Select(row => $"{row.GetProperty("seq")} {row.GetProperty("kind")} {row.GetProperty("actor")} {row.GetProperty("subject")}");
        kinds.ShouldBe(["1 acknowledged ada INC-1", "2 close-denied ada INC-1", "3 closed ada INC-1"]);

        (await process.TerminateAsync(Cancel)).ShouldBe(0);
        process.Errors.ShouldContain("Audit head 3:");
        (await VerbAsync("audit", "verify")).Output.ShouldStartWith("whole: 3 rows");
        _folder.Store.Execute("delete from audit where seq = 3");
        var verified = await VerbAsync("audit", "verify");
        verified.ExitCode.ShouldBe(1, verified.ToString());
        verified.Output.ShouldStartWith("NOT whole: row 3: the audit ends at row 2");
    }

    [Fact]
    public async Task Nobody_closes_without_a_token_and_a_sender_s_own_resolve_asks_no_gate()
    {
        await using var process = await ServeAsync("#!/bin/sh\nexit 1\n");
        await AlertAsync(process);
        (await VerbAsync("resolve", "INC-1")).ExitCode.ShouldBe(2);
        var wrong = await PersonAsync("resolve", "INC-1", token: Token + "x");
        wrong.ExitCode.ShouldBe(2, wrong.ToString());
        wrong.Error.ShouldContain("is nobody's");
        var unknown = await PersonAsync("resolve", "INC-7");
        (unknown.ExitCode, unknown.Error).ShouldBe((2, "There is no incident INC-7.\n"));

        await AlertAsync(process, "resolved");
        await OpsBotProgram.UntilAsync(
            async () => (await VerbAsync("incidents", "--all", "--json")).Output is var all && all.Contains("\"status\":\"resolved\"", StringComparison.Ordinal) ? all : null,
            "the sender's resolve", Cancel);
        (await VerbAsync("audit", "export")).Output.ShouldBeEmpty();
    }

    private async Task<OpsBotProcess> ServeAsync(string gate)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "gates"));
        _folder.Write("gates/flag.sh", gate);
        _folder.Write("opsbot.yaml", string.Create(CultureInfo.InvariantCulture, $$"""
            senders: { cloudevents: { insecure: true } }
            gates: { beforeClose: [flag.sh], insecure: true }
            people: [{ id: ada, name: Ada Lovelace, roles: [oncall], token: "sha256:{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))}}" }]
            """));
        (await VerbAsync("gates", "pin")).ExitCode.ShouldBe(0);
        return await OpsBotProcess.ServeAsync(_folder, Path.Combine(_folder.Path, "opsbot.yaml"), Cancel);
    }

    private async Task AlertAsync(OpsBotProcess process, string status = "firing")
    {
        using var http = new HttpClient();
        using var body = new StringContent(
            $$$"""
            {"specversion":"1.0","id":"closing-{{{status}}}","source":"/proof","type":"opsbot.alert.v1",
             "data":{"key":"k","status":"{{{status}}}","title":"Orders fail","service":"orders","severity":"critical"}}
            """,
            Encoding.UTF8, "application/cloudevents+json");
        using var answer = await http.PostAsync(new Uri(await process.Webhooks, "webhooks/cloudevents"), body, Cancel);
        answer.EnsureSuccessStatusCode();
        await OpsBotProgram.UntilAsync(() => Task.FromResult(_folder.Store.Count("select count(*) from incidents where state <> ''") == 1 ? "one" : null), "the incident", Cancel);
    }

    private Task<Finished> VerbAsync(params string[] arguments) => OpsBotProgram.RunAsync(_folder, Cancel, [.. arguments, "--config", "opsbot.yaml"]);

    private Task<Finished> PersonAsync(string verb, string incident, string? token = null) =>
        VerbAsync(verb, incident, "--token-file", _folder.Write("token", (token ?? Token) + "\n"));
}

using System.Net;
using System.Text;
using OpsBot.Ingress;

namespace OpsBot.Tests.Ingress.Mapped;

/// <summary>Mapped senders through the same door as every other.</summary>
public sealed class MappedSendersTests
{
    private const string Body = """{"id":"1","state":"firing","name":"Disk is full"}""";
    private const string Mapping = """{identity: "{id}", delivery: "{delivery}", status: "{state}", title: "{name}"}""";

    [Theory]
    [InlineData("bearer: a-token", "Authorization: Bearer a-token")]
    [InlineData("basic: {user: u, password: a-token}", "Authorization: Basic dTphLXRva2Vu")]
    [InlineData("header: {name: X-My-Token, token: a-token}", "X-My-Token: a-token")]
    [InlineData("query: {name: token, token: a-token}", "?token=a-token")]
    [InlineData("header: {name: X-My-Token, token: a-token}, query: {name: t, token: other}", "?t=other")]
    [InlineData("bearer: other, query: {name: t, token: a-token}", "?t=a-token")]
    public async Task A_token_lets_in_wherever_it_is_configured_and_nothing_else_does(string sender, string proof)
    {
        await using var app = await StartAsync(sender);

        (await StatusAsync(app, proof)).ShouldBe(202);
        (await StatusAsync(app, proof.Replace("a-token", "a-tokem").Replace("other", "othes").Replace("dTphLXRva2Vu", "dTphLXRva2Vt"))).ShouldBe(401);
        (await StatusAsync(app, "X-Nothing: a-token")).ShouldBe(401);
        (await StatusAsync(app, "X-My-Token: ")).ShouldBe(401);
        (await StatusAsync(app, "?token=")).ShouldBe(401);
        (await StatusAsync(app, "?token=a-token&token=x&t=&t=other")).ShouldBe(401);
        (app.Intake.Rows, app.Intake.Refused["my-tool"]).ShouldBe((1, 5));
    }

    [Theory]
    [InlineData("algorithm: sha256, encoding: hex, prefix: \"sha256=\"")]
    [InlineData("algorithm: sha512, encoding: hex")]
    [InlineData("algorithm: sha256, encoding: base64, prefix: \"v1=\"")]
    [InlineData("algorithm: sha512, encoding: base64")]
    public async Task A_signature_of_the_body_lets_in_and_of_another_does_not(string scheme)
    {
        await using var app = await StartAsync($"signature: {{header: X-Signature, secrets: [new-secret, old-secret], {scheme}}}");
        var body = Encoding.UTF8.GetBytes(Body);
        var signed = app.Signer.HeadersFor("my-tool", body);
        var other = app.Signer.HeadersFor("my-tool", "{}"u8.ToArray());

        (await SendAsync(app, body, signed)).ShouldBe(202);
        (await SendAsync(app, body, other)).ShouldBe(401);
        (await SendAsync(app, body, new Dictionary<string, string>())).ShouldBe(401);
        (await SendAsync(app, body, new Dictionary<string, string> { ["X-Signature"] = signed["X-Signature"][..^4] })).ShouldBe(401);
        (await SendAsync(app, body, new Dictionary<string, string> { ["X-Signature"] = $"{other["X-Signature"]},{signed["X-Signature"]}" })).ShouldBe(202);
    }

    [Fact]
    public async Task The_same_delivery_twice_gives_one_item()
    {
        await using var app = await StartAsync("bearer: a-token");
        async Task<string> Answer(string body)
        {
            using var answer = await app.SendAsync("my-tool", body);
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }

        (await Answer(Body)).ShouldContain("\"accepted\":1");
        (await Answer(Body)).ShouldContain("\"duplicates\":1");
        (await Answer(Body.Replace("\"id\":\"1\"", "\"id\":\"1\",\"delivery\":\"d\""))).ShouldContain("\"accepted\":1");
        (await Answer("""{"delivery":"d","id":"2","state":"firing","name":"other"}""")).ShouldContain("\"duplicates\":1");
        app.Intake.Rows.ShouldBe(2);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{\"id\":", 400)]
    [InlineData("nonsense", 400)]
    [InlineData("\"text\"", 202)]
    [InlineData("{}", 202)]
    public async Task What_is_no_JSON_is_turned_away_and_what_cannot_be_read_is_kept(string body, int status)
    {
        await using var app = await StartAsync("bearer: a-token");

        using var answer = await app.SendAsync("my-tool", body);

        ((int)answer.StatusCode).ShouldBe(status);
        app.Intake.Rows.ShouldBe(0);
        app.Intake.Quarantine.Count.ShouldBe(status == 202 ? 1 : 0);
    }

    [Fact]
    public async Task Another_encoding_a_deep_body_and_a_large_one_are_answered_as_everywhere()
    {
        await using var app = await StartAsync("bearer: a-token, maxBodyMiB: 1");
        async Task<int> Status(byte[] body) => await SendAsync(app, body, app.Signer.HeadersFor("my-tool", body));

        (await Status(Encoding.Unicode.GetBytes(Body))).ShouldBe(400);
        (await Status(Encoding.Latin1.GetBytes(Body.Replace("Disk", "D\u00eesk")))).ShouldBe(400);
        (await Status([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Body)])).ShouldBe(202);
        (await Status(Encoding.UTF8.GetBytes($"{{\"id\":{new string('[', 5_000)}{new string(']', 5_000)}}}"))).ShouldBe(202);
        (await Status(new byte[(1 << 20) + 1])).ShouldBe(413);
        app.Intake.Quarantine.ShouldHaveSingleItem().Reason.ShouldBe("nested deeper than 64 levels");
    }

    [Fact]
    public async Task A_sender_that_is_not_configured_has_no_door_but_its_mapping_can_be_tried()
    {
        await using var app = await StartAsync("bearer: a-token");

        using var answer = await app.SendAsync("datadog", "{}"u8.ToArray(), new Dictionary<string, string>());

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Reader.Read("datadog", "{}").ShouldHaveSingleItem().Outcome.ShouldBeOfType<Normalised.Nothing>();
        Should.Throw<UnsignableException>(() => app.Signer.HeadersFor("datadog", "{}"u8.ToArray())).Message.ShouldEndWith("Add senders.mapped.datadog to the configuration.");
    }

    private static Task<IngressApp> StartAsync(string sender) => IngressApp.StartAsync(MappedSample.Configure(MappedSample.Options(Mapping, sender)));

    private static async Task<int> StatusAsync(IngressApp app, string proof)
    {
        var header = proof.Split(": ", 2);
        return proof.StartsWith('?')
            ? await SendAsync(app, Encoding.UTF8.GetBytes(Body), new Dictionary<string, string>(), proof)
            : await SendAsync(app, Encoding.UTF8.GetBytes(Body), new Dictionary<string, string> { [header[0]] = header[1] });
    }

    private static async Task<int> SendAsync(IngressApp app, byte[] body, IReadOnlyDictionary<string, string> headers, string? query = null)
    {
        using var answer = await app.SendAsync("my-tool", body, headers, query);
        return (int)answer.StatusCode;
    }
}

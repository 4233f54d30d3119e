using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OpsBot.Runtime.Redaction;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Runtime.Redaction;

public sealed class RedactorTests
{
    private const string Canary = "Zq7Canary9xKw3LmP0";
    private readonly IRedactor _redactor = Some.Redactor();

    // joined at run time, so that no scanner of this repository takes them for real ones
    public static TheoryData<string> Tokens { get; } =
    [
        "ghp_" + Canary + Canary, "github_pat_" + Canary + Canary, "glpat-" + Canary, "xoxb-" + "123456789-" + Canary, "xapp-1-" + Canary,
        "sk-ant-" + "api03-" + Canary, "sk-" + "proj-" + Canary, "sk_live_" + Canary, "AKIA" + "ABCDEFGHIJKLMNOP", "AIza" + Canary + Canary, "ya29." + Canary,
        "npm_" + Canary + Canary, "pypi-" + Canary + Canary, "hf_" + Canary, "SG." + Canary + "." + Canary, "hvs." + Canary, "glsa_" + Canary,
        "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxIn0." + Canary, "Bearer " + Canary, "https://hooks.slack.com/services/" + "T00/B00/" + Canary, "https://hooks.slack.com/commands/" + "T00/B00/" + Canary,
        "dckr_pat_" + Canary,
    ];

    public static TheoryData<string> InContext { get; } =
    [
        $"password={Canary}", $"password: {Canary}", $"DB_PASSWORD={Canary}", $"PGPASSWORD='{Canary}'", $"\"client_secret\": \"{Canary}\"",
        $"{{\\\"password\\\":\\\"{Canary}\\\"}}", $"{{\\\\\\\"password\\\\\\\":\\\\\\\"{Canary}\\\\\\\"}}", $"{{\"password\":\"a\\\"{Canary}\"}}",
        $"postgres://shop:{Canary}@db:5432/shop", $"https://:{Canary}@host/", $"amqp://u:p@{Canary}@mq/", $"root:{Canary}@tcp(db:3306)/x",
        $"Server=db;User Id=sa;Password={Canary};Encrypt=true", $"AccountName=a;AccountKey={Canary}==;EndpointSuffix=x", $"pwd={Canary},more",
        $"Authorization: Basic {Canary}", $"authorization: Digest username=\"u\", response={Canary}", $"\"Authorization\":[\"Token {Canary}\"]",
        $"curl -H 'X-Api-Key: {Canary}' http://x", $"Cookie: a=b; session={Canary}", $"Set-Cookie: sid={Canary}; Path=/", $"<password>{Canary}</password>",
        $"--token {Canary} --verbose", $"--api-key={Canary}", $"curl -u admin:{Canary} http://x", $"https://x/y?a=1&sig={Canary}&b=2", $"X-Amz-Signature={Canary}",
        $"-----BEGIN RSA PRIVATE KEY-----\n{Canary}\n-----END RSA PRIVATE KEY-----", $"-----BEGIN PRIVATE KEY-----\\n{Canary}\\n-----END PRIVATE KEY-----",
        $"-----BEGIN OPENSSH PRIVATE KEY-----\n{Canary}", $"token := {Canary}", $"password => '{Canary}'", $"accessToken=={Canary}", $"secret_1={Canary}", $"\tapi.key\t=\t{Canary}",
    ];

    [Theory]
    [MemberData(nameof(Tokens))]
    public void A_token_goes_by_its_look_alone(string token) => ShouldBeGone($"we saw {token} in it");

    [Theory]
    [MemberData(nameof(InContext))]
    public void A_value_goes_by_what_stands_around_it(string text) => ShouldBeGone($"at 10:00 {text} end");

    [Theory]
    [MemberData(nameof(InContext))]
    public void The_same_goes_when_base64_percent_or_json_hides_it(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        ShouldBeGone($"data: {Convert.ToBase64String(bytes)} end", Convert.ToBase64String(bytes)[..20]);
        ShouldBeGone($"data: {Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_')} end");
        ShouldBeGone($"GET /x?q={Uri.EscapeDataString(text)} HTTP/1.1");
        ShouldBeGone(JsonSerializer.Serialize(new { message = text }));
        ShouldBeGone(JsonSerializer.Serialize(new { inner = JsonSerializer.Serialize(new { message = text }) }));
        ShouldBeGone(Uri.EscapeDataString(Convert.ToBase64String(bytes)), Convert.ToBase64String(bytes)[..20]);
    }

    [Theory]
    [InlineData("ordinary text: nothing here, 17 of 20 tokens used")]
    [InlineData("max_tokens=4096 token_type=bearer tokens: 5")]
    [InlineData("GET https://shop.example:8443/a@b/c?page=2 200")]
    [InlineData("password=null secret=*** token: true")]
    [InlineData("secretName: shop-tls")]
    [InlineData("routing_key=orders.created")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----")]
    [InlineData("commit 013a391fe0aab6f6b6a7a1c6b8a3f5d7c9e1b2a4 by alice@example.com")]
    [InlineData("java.lang.IllegalStateException: std::vector at com.example.Foo.bar(Foo.java:12)")]
    [InlineData("PWD=/home/app")]
    [InlineData("")]
    public void What_is_no_secret_stays(string text) => _redactor.Redact(text).ShouldBe(text);

    [Fact]
    public void The_kind_and_the_neighbours_stay()
    {
        _redactor.Redact("user=shop password=abc123 host=db").ShouldBe("user=shop password=[redacted:password] host=db");
        _redactor.Redact("postgres://shop:abc123@db/x").ShouldBe("postgres://shop:[redacted:password]@db/x");
        _redactor.Redact("{\"password\":\"a\",\"user\":\"b\"}").ShouldBe("{\"password\":\"[redacted:password]\",\"user\":\"b\"}");
        _redactor.Redact("Authorization: Bearer abc\r\nHost: x").ShouldBe("Authorization: [redacted:authorization]\r\nHost: x");
    }

    [Fact]
    public void Mail_addresses_go_only_when_asked_for() =>
        Some.Redactor(emails: true).Redact("to alice@example.com now").ShouldBe("to [redacted:email] now");

    [Theory]
    [InlineData("pl@in/Pass+w0rd?")]
    [InlineData("uml\u00e4ut \"quoted\" secret")]
    [InlineData("abcdef")]
    public void A_secret_of_our_own_goes_in_every_form(string secret)
    {
        var known = new KnownSecrets();
        known.Add(secret);
        var redactor = Some.Redactor(known);
        var bytes = Encoding.UTF8.GetBytes(secret);
        foreach (var form in new[]
        {
            secret, Uri.EscapeDataString(secret), JsonSerializer.Serialize(secret)[1..^1], Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes),
            Convert.ToBase64String(bytes),
        })
        {
            redactor.Redact($"x {form} y").ShouldNotContain(form);
        }

        for (var shift = 0; shift < 3; shift++)
        {
            var middle = Convert.ToBase64String([.. new byte[shift], .. bytes, .. "tail"u8])[(shift + 1)..(shift + 1 + bytes.Length)];
            redactor.Redact($"x {Convert.ToBase64String([.. new byte[shift], .. bytes, .. "tail"u8])} y").ShouldNotContain(middle);
        }
    }

    [Fact]
    public void Any_text_is_redacted_without_error_only_once_and_to_a_bounded_length()
    {
        var pieces = new[]
        {
            "password", "=", ":", "\"", "\\", "'", " ", "\n", "token", "Authorization", "Bearer ", "://", "@", "%3D", "%22", "\\u0041", "[redacted:token]", "]", ",", ";", "--", "-----BEGIN ",
            "PRIVATE KEY-----", "-----END ", "abcDEF1234567890", "=>", "cookie", "<", ">", "a", "eyJhbGciOiJI.eyJ", "/", "&", "sig", "AKIAABCDEFGHIJKLMNOP", "@tcp(", "\U0001F600", "\uD800", "\0",
        };
        var texts = Gen.Elements(pieces).ListOf().Select(p => string.Concat(p)).ToArbitrary();
        Prop.ForAll(texts, text =>
        {
            var once = _redactor.Redact(text);
            return _redactor.Redact(once) == once && once.Length <= text.Length * 16 + 40;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
        Prop.ForAll<string?>(text => _redactor.Redact(text ?? "") is not null).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("\"<abcDEF1234567890\\Bearer ' -----END tokenAuthorization-----BEGIN cookie'@AKIAABCDEFGHIJKLMNOPAKIAABCDEFGHIJKLMNOP=>-----BEGIN =>%3D\\u0041tokentokenBearer ,%22--=>@://-----END =://apasswordPRIVATE KEY-----,;=>%22%22")]
    [InlineData("token=a,")]
    [InlineData("password=\"")]
    [InlineData("a://b:c")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData("=")]
    [InlineData("a@tcp(")]
    [InlineData("%41")]
    [InlineData("eyJaaaaaaaa.")]
    [InlineData("A")]
    [InlineData("\\\"password\\\":\\\"")]
    [InlineData("authorization:")]
    public void Hostile_repetition_takes_time_in_proportion(string piece)
    {
        _redactor.Redact(piece);
        var text = string.Concat(Enumerable.Repeat(piece, 400_000 / piece.Length));
        var watch = Stopwatch.StartNew();
        _redactor.Redact(text);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8));
    }

    private void ShouldBeGone(string text, string? also = null)
    {
        var redacted = _redactor.Redact(text);
        redacted.ShouldNotContain(Canary);
        redacted.ShouldContain("[redacted:");
        if (also is not null) redacted.ShouldNotContain(also);
        _redactor.Redact(redacted).ShouldBe(redacted);
    }
}

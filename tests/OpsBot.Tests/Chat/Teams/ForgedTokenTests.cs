using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>Whoever is not the Bot Connector gets in by none of the ways that are known. A good token is sent beside each, so that a refusal is for that reason.</summary>
public sealed class ForgedTokenTests
{
    private static readonly TokenMaker Stranger = new("key-of-nobody");

    public static TheoryData<string> Forgeries => [.. Made.Keys];

    private static readonly Dictionary<string, Func<TeamsApp, JsonObject, string?>> Made = new(StringComparer.Ordinal)
    {
        ["no token"] = (_, _) => null,
        ["an empty token"] = (_, _) => "",
        ["no JWT"] = (_, _) => "opensesame",
        ["a token that is far too long"] = (app, claims) => app.Side.Key.Token(With(claims, "pad", new string('x', 20_000))),
        ["wrong audience"] = (app, claims) => app.Side.Key.Token(With(claims, "aud", "11111111-2222-3333-4444-555555555555")),
        ["audience that begins with ours"] = (app, claims) => app.Side.Key.Token(With(claims, "aud", TeamsSide.AppId + "0")),
        ["no audience"] = (app, claims) => app.Side.Key.Token(Without(claims, "aud")),
        ["wrong issuer"] = (app, claims) => app.Side.Key.Token(With(claims, "iss", $"https://sts.windows.net/{TeamsSide.Tenant}/")),
        ["issuer that begins with ours"] = (app, claims) => app.Side.Key.Token(With(claims, "iss", "https://api.botframework.com.example.org")),
        ["no issuer"] = (app, claims) => app.Side.Key.Token(Without(claims, "iss")),
        ["expired"] = (app, claims) => app.Side.Key.Token(With(claims, "exp", app.Clock.GetUtcNow().AddMinutes(-5).AddSeconds(-1).ToUnixTimeSeconds())),
        ["without an end"] = (app, claims) => app.Side.Key.Token(Without(claims, "exp")),
        ["not yet valid"] = (app, claims) => app.Side.Key.Token(With(claims, "nbf", app.Clock.GetUtcNow().AddMinutes(5).AddSeconds(1).ToUnixTimeSeconds())),
        ["a key that is not published"] = (_, claims) => Stranger.Token(claims),
        ["a key that is not published under the id of one that is"] = (app, claims) => Stranger.Token(claims, app.Side.Key.Header("RS256")),
        ["no key id"] = (app, claims) => app.Side.Key.Token(claims, new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT" }),
        ["its own key in the header"] = (_, claims) => Stranger.Token(claims, With(Stranger.Header("RS256"), "jwk", Stranger.Jwk("msteams"))),
        ["a key at an address of its own"] = (_, claims) => Stranger.Token(claims, With(Stranger.Header("RS256"), "jku", "https://evil.example.org/keys")),
        ["none"] = (app, claims) => TokenMaker.Sign(app.Side.Key.Header("none"), claims, _ => []),
        ["NoNe"] = (app, claims) => TokenMaker.Sign(app.Side.Key.Header("NoNe"), claims, _ => []),
        ["HS256 with the public key as the secret"] = (app, claims) => TokenMaker.Sign(
            app.Side.Key.Header("HS256"), claims, data => HMACSHA256.HashData(Encoding.ASCII.GetBytes(app.Side.Key.Rsa.ExportSubjectPublicKeyInfoPem()), data)),
        ["HS256 with the modulus as the secret"] = (app, claims) => TokenMaker.Sign(
            app.Side.Key.Header("HS256"), claims, data => HMACSHA256.HashData(app.Side.Key.Rsa.ExportParameters(false).Modulus!, data)),
        ["RS512"] = (app, claims) => TokenMaker.Sign(
            app.Side.Key.Header("RS512"), claims, data => app.Side.Key.Rsa.SignData(data, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)),
        ["a signature of other claims"] = (app, claims) =>
        {
            var good = app.Side.Key.Token(claims).Split('.');
            var other = app.Side.Key.Token(With(claims, "aud", "x")).Split('.');
            return $"{other[0]}.{other[1]}.{good[2]}";
        },
        ["no signature"] = (app, claims) => app.Side.Key.Token(claims)[..(app.Side.Key.Token(claims).LastIndexOf('.') + 1)],
        ["the service address of another"] = (app, claims) => app.Side.Key.Token(With(claims, "serviceurl", "https://smba.trafficmanager.net/amer/")),
        ["no service address"] = (app, claims) => app.Side.Key.Token(Without(claims, "serviceurl")),
        ["two service addresses"] = (app, claims) => app.Side.Key.Token(With(claims, "serviceUrl", "https://smba.trafficmanager.net/amer/")),
    };

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task It_is_refused_and_nothing_is_stored(string forgery)
    {
        await using var app = await TeamsApp.StartAsync();
        var token = Made[forgery](app, TokenMaker.Claims(app.Clock.GetUtcNow()));

        using var answer = await app.SendAsync(SomeActivity.Press(), token);

        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        app.Intake.Deliveries.ShouldBeEmpty();
        app.Intake.Quarantine.ShouldBeEmpty();
        app.Intake.Refused["teams"].ShouldBe(1);
        if (token is { Length: > 20 })
        {
            var beginning = token[..20];
            app.Log.Lines.ShouldAllBe(line => !line.Contains(beginning, StringComparison.Ordinal));
        }


        using var good = await app.SendAsync(SomeActivity.Press());
        good.StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Received.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_token_is_good_within_five_minutes_of_its_times()
    {
        await using var app = await TeamsApp.StartAsync();
        var now = app.Clock.GetUtcNow();
        var old = With(TokenMaker.Claims(now), "exp", now.AddMinutes(-4).AddSeconds(-59).ToUnixTimeSeconds());
        var early = With(TokenMaker.Claims(now), "nbf", now.AddMinutes(4).AddSeconds(59).ToUnixTimeSeconds());

        (await app.SendAsync(SomeActivity.Mention(id: "1"), app.Side.Key.Token(old))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await app.SendAsync(SomeActivity.Mention(id: "2"), app.Side.Key.Token(early))).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Received.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_is_stored_once()
    {
        await using var app = await TeamsApp.StartAsync();
        var token = app.Side.Key.Token(TokenMaker.Claims(app.Clock.GetUtcNow()));
        for (var i = 0; i < 3; i++)
            (await app.SendAsync(SomeActivity.Press(), token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Received.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_token_that_was_seen_is_worth_nothing_once_it_has_run_out()
    {
        await using var app = await TeamsApp.StartAsync();
        var token = app.Side.Key.Token(TokenMaker.Claims(app.Clock.GetUtcNow()));
        await app.SendAsync(SomeActivity.Mention(id: "1"), token);
        app.Clock.Advance(TimeSpan.FromMinutes(65));
        (await app.SendAsync(SomeActivity.Mention(id: "2"), token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        app.Received.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_key_that_is_not_endorsed_for_Teams_does_not_speak_for_it()
    {
        await using var app = await TeamsApp.StartAsync();
        app.Side.Keys.Clear();
        app.Side.Keys.Add(app.Side.Key.Jwk("webchat", "directline"));
        (await app.SendAsync(SomeActivity.Press())).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        app.Intake.Deliveries.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("channelId", "webchat")]
    [InlineData("channelId", null)]
    [InlineData("serviceUrl", "https://evil.example.org/")]
    [InlineData("serviceUrl", null)]
    public async Task An_activity_that_its_token_does_not_vouch_for_is_refused(string member, string? value)
    {
        await using var app = await TeamsApp.StartAsync();
        (await app.SendAsync(SomeActivity.Press().With(member, value))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        app.Intake.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_service_that_is_not_on_the_list_is_refused_even_where_the_token_names_it()
    {
        await using var app = await TeamsApp.StartAsync();
        var token = app.Side.Key.Token(With(TokenMaker.Claims(app.Clock.GetUtcNow()), "serviceurl", "https://smba.trafficmanager.net.example.org/"));
        (await app.SendAsync(SomeActivity.Press().With("serviceUrl", "https://smba.trafficmanager.net.example.org/"), token)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        app.Intake.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task People_of_another_tenant_are_refused()
    {
        await using var app = await TeamsApp.StartAsync();
        var other = SomeActivity.Press();
        other["conversation"]!["tenantId"] = "11111111-2222-3333-4444-555555555555";
        (await app.SendAsync(other)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        other["channelData"]!["tenant"]!["id"] = "11111111-2222-3333-4444-555555555555";
        (await app.SendAsync(other)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        app.Intake.Deliveries.ShouldBeEmpty();
    }

    private static JsonObject With(JsonObject json, string name, JsonNode value)
    {
        var copy = (JsonObject)json.DeepClone();
        copy[name] = value;
        return copy;
    }

    private static JsonObject Without(JsonObject json, string name)
    {
        var copy = (JsonObject)json.DeepClone();
        copy.Remove(name);
        return copy;
    }
}

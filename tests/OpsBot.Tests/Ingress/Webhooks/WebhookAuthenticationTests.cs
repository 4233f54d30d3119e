using System.Net;
using System.Security.Cryptography;
using System.Text;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Webhooks;

public sealed class WebhookAuthenticationTests
{
    [Theory]
    [InlineData("pagerduty")]
    [InlineData("alertmanager")]
    [InlineData("grafana")]
    [InlineData("github")]
    [InlineData("cloudevents")]
    public async Task Without_proof_of_the_sender_nothing_is_stored_but_a_counter(string source)
    {
        await using var app = await IngressApp.StartAsync();
        var body = Encoding.UTF8.GetBytes(Some.WebhookBody(source));
        var right = app.Signer.HeadersFor(source, body).Where(header => header.Key is "Authorization" or "X-PagerDuty-Signature" or "X-Hub-Signature-256").Single();

        string[] wrongs = ["", "x", right.Value[..^1], right.Value + "0", right.Value[..^2] + "zz", right.Value.Replace("v1=", "v0=").Replace("sha256=", "sha1=").Replace("Be", "Bo").Replace("Ba", "Bo")];
        foreach (var wrong in wrongs)
        {
            using var answer = await app.SendAsync(source, body, new Dictionary<string, string> { [right.Key] = wrong });
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, wrong);
        }

        using var none = await app.SendAsync(source, body, new Dictionary<string, string>());
        none.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        app.Intake.Refused.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create(source, wrongs.Length + 1));
        app.Intake.Deliveries.ShouldBeEmpty();
        app.Intake.Quarantine.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_signature_of_another_body_is_refused()
    {
        await using var app = await IngressApp.StartAsync();
        var headers = app.Signer.HeadersFor("pagerduty", "{}"u8.ToArray());

        using var answer = await app.SendAsync("pagerduty", Encoding.UTF8.GetBytes(Some.WebhookBody("pagerduty")), headers);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("new-secret", "v1={new}", 202)]
    [InlineData("new-secret", "v1={old},v1={new}", 202)]
    [InlineData("new-secret", "v1={new}, v1={old}", 202)]
    [InlineData("new-secret", "v0=00,garbage,v1={new}", 202)]
    [InlineData("new-secret", "v1={old}", 401)]
    [InlineData("old-secret,new-secret", "v1={old}", 202)]
    [InlineData("old-secret,new-secret", "v1={new}", 202)]
    [InlineData("third-secret", "v1={old},v1={new}", 401)]
    public async Task A_secret_can_be_rotated_on_either_side(string configured, string header, int status)
    {
        await using var app = await IngressApp.StartAsync(options => options.PagerDuty = new() { Secrets = [.. configured.Split(',')] });
        var body = Encoding.UTF8.GetBytes(Some.WebhookBody("pagerduty"));
        var value = header.Replace("{new}", Hmac("new-secret", body)).Replace("{old}", Hmac("old-secret", body).ToUpperInvariant());

        using var answer = await app.SendAsync("pagerduty", body, new Dictionary<string, string> { ["X-PagerDuty-Signature"] = value });

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Theory]
    [InlineData("Bearer test-bearer", 202)]
    [InlineData("bearer  test-bearer", 202)]
    [InlineData("Basic dXNlcjpwYTpzcw==", 202)]
    [InlineData("Basic test-bearer", 401)]
    [InlineData("Bearer dXNlcjpwYTpzcw==", 401)]
    [InlineData("test-bearer", 401)]
    public async Task Bearer_and_basic_may_both_be_configured(string header, int status)
    {
        await using var app = await IngressApp.StartAsync(
            options => options.Alertmanager = new() { Bearer = Some.Bearer, Basic = new() { User = "user", Password = "pa:ss" } });

        using var answer = await app.SendAsync(
            "alertmanager", Encoding.UTF8.GetBytes(Some.WebhookBody("alertmanager")), new Dictionary<string, string> { ["Authorization"] = header });

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task An_insecure_sender_needs_no_proof()
    {
        await using var app = await IngressApp.StartAsync(options => options.GitHub = new() { Insecure = true });

        using var answer = await app.SendAsync(
            "github", Encoding.UTF8.GetBytes(Some.GitHubPush().ToJsonString()), new Dictionary<string, string> { ["X-GitHub-Event"] = "push" });

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        app.Intake.Deliveries.ShouldHaveSingleItem().DeliveryKey.Length.ShouldBe(64);
    }

    [Fact]
    public async Task A_secret_counts_even_where_insecure_is_true()
    {
        await using var app = await IngressApp.StartAsync(options => options.GitHub = new() { Insecure = true, Secrets = [Some.GitHubSecret] });

        using var answer = await app.SendAsync("github", "{}"u8.ToArray(), new Dictionary<string, string> { ["X-GitHub-Event"] = "push" });

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static string Hmac(string secret, byte[] body) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
}

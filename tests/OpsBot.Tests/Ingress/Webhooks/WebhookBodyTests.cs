using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Webhooks;

/// <summary>What is in a body: what cannot be read is refused or kept, and costs nothing of what can.</summary>
public sealed class WebhookBodyTests
{
    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("hello")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{'a':1}")]
    public async Task What_is_not_JSON_is_answered_400(string body)
    {
        await using var app = await IngressApp.StartAsync();

        using var answer = await app.SendAsync("alertmanager", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        app.Intake.Quarantine.ShouldBeEmpty();
    }

    [Fact]
    public async Task Bad_UTF8_is_answered_400_and_a_byte_order_mark_is_not_minded()
    {
        await using var app = await IngressApp.StartAsync();
        var text = Encoding.UTF8.GetBytes(Some.WebhookBody("alertmanager"));
        byte[] broken = [.. "{\"status\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        byte[] surrogate = [.. "{\"status\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8];
        byte[] marked = [0xEF, 0xBB, 0xBF, .. text];

        foreach (var (body, status) in new[] { (broken, 400), (surrogate, 400), (marked, 202) })
        {
            using var answer = await app.SendAsync("alertmanager", body, app.Signer.HeadersFor("alertmanager", body));
            ((int)answer.StatusCode).ShouldBe(status);
        }

        app.Intake.Rows.ShouldBe(2);
    }

    [Fact]
    public async Task JSON_that_cannot_be_read_is_kept_with_the_field_that_was_wrong_and_can_be_read_again()
    {
        await using var app = await IngressApp.StartAsync();
        var body = Some.AlertmanagerBody();
        foreach (var alert in body["alerts"]!.AsArray())
            alert!["startsAt"] = "soon";

        using var answer = await app.SendAsync("alertmanager", body.ToJsonString());

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        app.Intake.Deliveries.ShouldBeEmpty();
        var kept = app.Intake.Quarantine.ShouldHaveSingleItem();
        kept.Field.ShouldBe("alerts[0].startsAt");
        kept.Reason.ShouldContain("'soon'");
        Encoding.UTF8.GetString(kept.Body).ShouldBe(body.ToJsonString());
        kept.Headers.Keys.ShouldNotContain("Authorization");
        var again = app.Services.GetRequiredService<IWebhookReader>().Read(kept.Source, kept.Headers, kept.Body, Some.ReceivedAt).Single();
        again.DeliveryKey.ShouldBe(kept.DeliveryKey);
        again.Outcome.ShouldBe(new Normalised.Unreadable(kept.Field, kept.Reason));
    }

    [Fact]
    public async Task Of_a_group_the_good_alerts_are_taken_once_and_the_bad_one_is_kept_once()
    {
        await using var app = await IngressApp.StartAsync();
        var body = Some.AlertmanagerBody();
        body["alerts"]![1]!["startsAt"] = "soon";

        using var first = await app.SendAsync("alertmanager", body.ToJsonString());
        using var second = await app.SendAsync("alertmanager", body.ToJsonString());

        (first.StatusCode, second.StatusCode).ShouldBe((HttpStatusCode.Accepted, HttpStatusCode.Accepted));
        (await first.Content.ReadAsStringAsync()).ShouldContain("alerts[1].startsAt");
        app.Intake.Rows.ShouldBe(1);
        app.Intake.Quarantine.ShouldHaveSingleItem().Field.ShouldBe("alerts[1].startsAt");
    }

    [Fact]
    public async Task An_event_that_nests_too_deep_does_not_hold_back_its_batch()
    {
        await using var app = await IngressApp.StartAsync();
        var good = Some.CloudEvent("opsbot.alert.v1", Some.AlertData(), "1").ToJsonString();
        var deep = new string('[', 5_000) + new string(']', 5_000);

        using var answer = await app.SendAsync("cloudevents", $" [ {deep} , {good},7]");

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        app.Intake.Rows.ShouldBe(1);
        app.Intake.Quarantine.Select(kept => Encoding.UTF8.GetString(kept.Body)).ShouldBe([deep, "7"]);
    }

    [Fact]
    public async Task Nesting_that_is_too_deep_is_kept_and_not_refused()
    {
        await using var app = await IngressApp.StartAsync();

        using var deep = await app.SendAsync("alertmanager", new string('[', 5_000) + new string(']', 5_000));
        using var open = await app.SendAsync("alertmanager", new string('[', 5_000));

        deep.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        open.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        app.Intake.Quarantine.ShouldHaveSingleItem().Reason.ShouldContain("64");
    }

    [Fact]
    public async Task Of_duplicate_members_the_last_counts_and_half_characters_are_replaced()
    {
        await using var app = await IngressApp.StartAsync();
        var text = Some.CloudEvent("opsbot.alert.v1", """{"key":"k","status":"firing","title":"first","title":"T"}""").ToJsonString()
            .Replace("\"T\"", "\"a\\ud800b\\u0000c\\ud83d\\ude00\\\\ud800\"");

        using var answer = await app.SendAsync("cloudevents", text.Replace("\"title\":\"first\",", ""));

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        Stored<AlertReported>(app).Title.ShouldBe("a\uFFFDb\uFFFDc\U0001F600\\ud800");
    }

    [Fact]
    public async Task The_last_of_duplicate_members_counts()
    {
        await using var app = await IngressApp.StartAsync();

        using var answer = await app.SendAsync(
            "cloudevents",
            """{"specversion":"1.0","id":"1","source":"/s","type":"opsbot.alert.v1","data":{"key":"k","status":"resolved","status":"firing","title":"t","labels":{"a":"1","a":"2"}}}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var alert = Stored<AlertReported>(app);
        (alert.Status, alert.Labels["a"]).ShouldBe((AlertStatus.Firing, "2"));
    }

    private static T Stored<T>(IngressApp app) => JsonSerializer.Deserialize<T>(
        app.Intake.Deliveries.ShouldHaveSingleItem().Messages.ShouldHaveSingleItem().Body, OpsBotJson.Options)!;
}

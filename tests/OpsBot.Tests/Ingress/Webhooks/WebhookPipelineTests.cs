using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Webhooks;

public sealed class WebhookPipelineTests
{
    [Theory]
    [InlineData("pagerduty", false)]
    [InlineData("alertmanager", true)]
    [InlineData("grafana", true)]
    [InlineData("github", false)]
    [InlineData("cloudevents", false)]
    public async Task A_key_that_is_only_the_hash_of_the_body_is_marked(string source, bool ofBody)
    {
        await using var app = await IngressApp.StartAsync();

        using var answer = await app.SendAsync(source, Some.WebhookBody(source));

        app.Intake.Deliveries.ShouldHaveSingleItem().KeyIsOfBody.ShouldBe(ofBody);
    }

    [Theory]
    [InlineData("pagerduty")]
    [InlineData("alertmanager")]
    [InlineData("grafana")]
    [InlineData("github")]
    [InlineData("cloudevents")]
    public async Task A_delivery_is_answered_202_and_a_duplicate_changes_nothing(string source)
    {
        await using var app = await IngressApp.StartAsync();
        var body = Some.WebhookBody(source);

        using var first = await app.SendAsync(source, body);
        var rows = app.Intake.Rows;
        using var second = await app.SendAsync(source, body);

        first.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        second.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        rows.ShouldBeGreaterThan(0);
        app.Intake.Rows.ShouldBe(rows);
        (await second.Content.ReadAsStringAsync()).ShouldContain("\"duplicates\":1");
        app.Intake.Deliveries.ShouldAllBe(delivery => delivery.Source == source);
    }

    [Fact]
    public async Task A_store_that_is_away_is_told_of_once_a_minute_and_sender_with_how_often_it_was_missed()
    {
        var clock = new ManualClock(Some.ReceivedAt);
        await using var app = await IngressApp.StartAsync(clock: clock);
        app.Intake.Fault = new InvalidOperationException("away");

        for (var time = 0; time < 5; time++)
            await RefusedAsync("github", HttpStatusCode.ServiceUnavailable);
        await RefusedAsync("pagerduty", HttpStatusCode.ServiceUnavailable);
        app.Log.Lines.ShouldBe([Line("github", 1), Line("pagerduty", 1)]);
        clock.Advance(TimeSpan.FromMinutes(1));
        await RefusedAsync("github", HttpStatusCode.ServiceUnavailable);
        app.Log.Lines.Skip(2).ShouldBe([Line("github", 5)]);

        app.Intake.Fault = new IntakeOverloadedException(TimeSpan.FromSeconds(1));
        for (var time = 0; time < 5; time++)
            await RefusedAsync("github", HttpStatusCode.ServiceUnavailable);
        app.Log.Lines.Skip(3).ShouldHaveSingleItem().ShouldBe("A github delivery was answered 503: Too much is waiting for the store. (1 since the last such line)");

        async Task RefusedAsync(string source, HttpStatusCode status)
        {
            using var answer = await app.SendAsync(source, Some.WebhookBody(source));
            answer.StatusCode.ShouldBe(status);
        }

        static string Line(string source, int times) =>
            $"A {source} delivery could not be stored; the sender is asked to try again ({times} since the last such line)";
    }

    [Fact]
    public async Task A_sender_that_is_not_configured_has_no_endpoint()
    {
        await using var app = await IngressApp.StartAsync(options => options.PagerDuty = new() { Secrets = ["s"] });

        using var github = await app.SendAsync("github", "{}"u8.ToArray(), new Dictionary<string, string>());
        using var get = await app.Client.GetAsync("/webhooks/pagerduty");

        github.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        get.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

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

    [Fact]
    public async Task Overload_is_answered_503_with_the_seconds_to_wait()
    {
        await using var app = await IngressApp.StartAsync();
        app.Intake.Fault = new IntakeOverloadedException(TimeSpan.FromSeconds(6.2));

        using var busy = await app.SendAsync("alertmanager", Some.WebhookBody("alertmanager"));
        using var unreadable = await app.SendAsync("alertmanager", "{}");
        app.Intake.Fault = new InvalidOperationException("the disk is full");
        using var broken = await app.SendAsync("alertmanager", Some.WebhookBody("alertmanager"));
        app.Intake.Fault = null;
        using var later = await app.SendAsync("alertmanager", Some.WebhookBody("alertmanager"));

        foreach (var answer in new[] { busy, unreadable, broken })
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        busy.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        broken.Headers.RetryAfter!.Delta.ShouldNotBeNull();
        (await broken.Content.ReadAsStringAsync()).ShouldNotContain("disk");
        later.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        app.Intake.Deliveries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_given_up_after_5_s_and_the_next_try_is_a_duplicate_when_it_did_after_all()
    {
        var clock = new ManualClock(Some.ReceivedAt);
        await using var app = await IngressApp.StartAsync(clock: clock);
        var commit = new TaskCompletionSource();
        app.Intake.Commit = commit.Task;

        var answering = app.SendAsync("alertmanager", Some.WebhookBody("alertmanager"));
        while (!answering.IsCompleted)
        {
            clock.GetUtcNow().ShouldBeLessThan(Some.ReceivedAt.AddSeconds(20));
            await Task.WhenAny(answering, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        using var late = await answering;
        late.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        late.Headers.RetryAfter!.Delta.ShouldNotBeNull();
        (await late.Content.ReadAsStringAsync()).ShouldContain("within 5 s");
        clock.GetUtcNow().ShouldBeGreaterThanOrEqualTo(Some.ReceivedAt.AddSeconds(5));

        commit.SetResult();
        using var again = await app.SendAsync("alertmanager", Some.WebhookBody("alertmanager"));
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await again.Content.ReadAsStringAsync()).ShouldContain("\"duplicates\":1");
        app.Intake.Deliveries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Nobody_is_told_202_before_the_delivery_is_committed()
    {
        await using var app = await IngressApp.StartAsync();
        var commit = new TaskCompletionSource();
        app.Intake.Commit = commit.Task;

        var answering = app.SendAsync("pagerduty", Some.WebhookBody("pagerduty"));
        await Task.WhenAny(answering, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System));

        answering.IsCompleted.ShouldBeFalse();
        commit.SetResult();
        using var answer = await answering;
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task An_unknown_event_type_is_answered_202_and_stores_nothing()
    {
        await using var app = await IngressApp.StartAsync();

        using var github = await app.SendAsync("github", "{\"zen\":\"Keep it small\"}", "ping");
        using var cloud = await app.SendAsync("cloudevents", Some.CloudEvent("com.example.some", "{}").ToJsonString());
        using var empty = await app.SendAsync("cloudevents", "[]");

        new[] { github, cloud, empty }.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Accepted);
        app.Intake.Deliveries.ShouldBeEmpty();
        app.Intake.Quarantine.ShouldBeEmpty();
    }

    private static T Stored<T>(IngressApp app) => JsonSerializer.Deserialize<T>(
        app.Intake.Deliveries.ShouldHaveSingleItem().Messages.ShouldHaveSingleItem().Body, OpsBotJson.Options)!;
}

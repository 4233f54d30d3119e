using System.Net;
using OpsBot.Contracts.Ports;
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
}

using System.Net.Http.Headers;
using System.Text;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Telemetry;

/// <summary>One event, followed from the webhook to the thread by what a collector receives of a real process.</summary>
public sealed class TraceTests : IDisposable
{
    private const string Bearer = "a-bearer-of-the-tracing-test";
    private const string Title = "the-words-of-the-alert";
    private const string SendersTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task One_trace_leads_from_the_webhook_over_its_row_and_incident_to_the_posts_in_the_thread(string protocol)
    {
        await using var collector = await OtlpReceiver.StartAsync(protocol == "grpc", Cancel);
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, Config(collector, protocol), Cancel);

        await PostAlertAsync(await opsbot.Webhooks);

        var trace = await OpsBotProgram.UntilAsync(() => Task.FromResult(TraceOf(collector, "post reply", least: 1)), "the diagnosis to be posted and traced", Cancel);
        // webhook → row → handler
        var intake = trace.Single(span => span.Name == "intake cloudevents");
        var alert = trace.Single(span => span.Name == "handle alert.reported");
        (intake.ParentId, alert.ParentId).ShouldBe(("", intake.SpanId), "what the sender says of its own trace must not become the parent");
        // → incident → thread
        alert.Attributes["opsbot.incident.id"].ShouldBe("1");
        var card = trace.First(span => span.Name == "post thread");
        Ancestors(trace, card).ShouldBe(["handle thread.update-card", "handle alert.reported", "intake cloudevents"]);
        // → diagnosis → its reply
        var source = trace.First(span => span.Name.StartsWith("collect ", StringComparison.Ordinal));
        Ancestors(trace, source).ShouldBe(["diagnose", "handle incident.diagnose", "handle alert.reported", "intake cloudevents"]);
        trace.ShouldContain(span => span.Name == "rank causes");
        trace.Where(span => span.Name == "post reply").Select(reply => string.Join(" < ", Ancestors(trace, reply)))
            .ShouldContain("handle thread.post-reply < handle incident.diagnose < handle alert.reported < intake cloudevents");
        trace.ShouldAllBe(span => !span.Failed);
        (intake.Attributes["http.response.status_code"], collector.Resource["service.name"]).ShouldBe(("202", "opsbot"));
    }

    [Fact]
    public async Task What_a_sender_says_of_its_trace_is_a_link_and_neither_words_nor_secrets_of_an_event_are_exported()
    {
        await using var collector = await OtlpReceiver.StartAsync(grpc: false, Cancel);
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, Config(collector, "http/protobuf"), Cancel);

        await PostAlertAsync(await opsbot.Webhooks);

        var trace = await OpsBotProgram.UntilAsync(() => Task.FromResult(TraceOf(collector, "post card", least: 1)), "the card to be traced", Cancel);
        collector.Spans.Select(span => span.TraceId).ShouldNotContain(SendersTrace);
        trace.Single(span => span.Name == "intake cloudevents").LinkedTraces.ShouldBe([SendersTrace]);
        foreach (var body in collector.Bodies.Select(Encoding.UTF8.GetString))
        {
            body.ShouldNotContain(Title);
            body.ShouldNotContain(Bearer);
        }

        collector.Authorizations.ShouldBe(["Bearer of-the-collector"]);
    }

    [Fact]
    public async Task The_trace_goes_on_in_another_process_because_it_stands_in_the_row()
    {
        await using var collector = await OtlpReceiver.StartAsync(grpc: false, Cancel);
        var config = Config(collector, "http/protobuf");
        await using (var first = OpsBotProcess.Start(_folder, config, holdAt: "before-take:1"))
        {
            await PostAlertAsync(await first.Webhooks);
            (await first.Held).ShouldBeTrue(first.Errors);
            // what was received before the process is killed
            await OpsBotProgram.UntilAsync(() => Task.FromResult(TraceOf(collector, "intake cloudevents", least: 1)), "the intake to be traced", Cancel);
            await first.KillAsync();
        }

        await using var second = await OpsBotProcess.ServeAsync(_folder, config, Cancel);

        var trace = await OpsBotProgram.UntilAsync(() => Task.FromResult(TraceOf(collector, "post thread", least: 1)), "the thread to be opened and traced", Cancel);
        Ancestors(trace, trace.First(span => span.Name == "post thread")).ShouldBe(["handle thread.update-card", "handle alert.reported", "intake cloudevents"]);
    }

    [Fact]
    public async Task A_collector_that_is_away_holds_nothing_up()
    {
        var config = _folder.Write("away.yaml", $$"""
            senders: { cloudevents: { bearer: {{Bearer}} } }
            telemetry: { otlp: { endpoint: "http://127.0.0.1:{{ServerProcess.FreePort()}}" } }
            """);
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, config, Cancel);

        await PostAlertAsync(await opsbot.Webhooks);

        (await opsbot.TerminateAsync(Cancel)).ShouldBe(0, opsbot.Errors);
    }

    /// <summary>The spans of the one event, once so many of a name are there and none of them has a parent that is still under way.</summary>
    private static IReadOnlyList<ReceivedSpan>? TraceOf(OtlpReceiver collector, string name, int least)
    {
        var trace = collector.Spans.GroupBy(span => span.TraceId).FirstOrDefault(spans => spans.Any(span => span.Name == "intake cloudevents"))?.ToList();
        return trace is not null && trace.Count(span => span.Name == name) >= least
            && trace.All(span => span.ParentId.Length == 0 || trace.Exists(parent => parent.SpanId == span.ParentId)) ? trace : null;
    }

    private static IEnumerable<string> Ancestors(IReadOnlyList<ReceivedSpan> trace, ReceivedSpan of)
    {
        for (var span = trace.SingleOrDefault(each => each.SpanId == of.ParentId); span is not null; span = trace.SingleOrDefault(each => each.SpanId == span.ParentId))
        {
            yield return span.Name;
        }
    }

    private string Config(OtlpReceiver collector, string protocol) => _folder.Write("traced.yaml", $$"""
        senders: { cloudevents: { bearer: {{Bearer}} } }
        incidents: { diagnoseAfter: 1s }
        telemetry:
          otlp: { endpoint: "{{collector.Address}}", protocol: {{protocol}}, headers: { authorization: Bearer of-the-collector } }
        """);

    private static async Task PostAlertAsync(Uri to)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(to, "/webhooks/cloudevents"));
        request.Content = new StringContent(
            $$$"""{"specversion":"1.0","id":"e1","source":"/t","type":"opsbot.alert.v1","data":{"key":"k","status":"firing","title":"{{{Title}}}","service":"cart","severity":"critical","environment":"prod"}}""",
            Encoding.UTF8, "application/cloudevents+json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Bearer);
        request.Headers.Add("traceparent", $"00-{SendersTrace}-00f067aa0ba902b7-01");
        using var response = await http.SendAsync(request, Cancel);
        response.EnsureSuccessStatusCode();
    }
}

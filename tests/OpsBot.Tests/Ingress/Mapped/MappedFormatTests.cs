using System.Text;
using System.Text.Json.Nodes;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;

namespace OpsBot.Tests.Ingress.Mapped;

public sealed class MappedFormatTests
{
    private const string Whole = """
        {list: data.alerts, delivery: "{meta.id}", event: "{kind}", ignore: [ping], identity: "{$.meta.group}/{id}", identityIsReused: false,
              fingerprint: "{rule}", status: "{state}", statusWords: {burning: firing, seen: acknowledged, gone: resolved, muted: ignored}, title: "{name}",
              summary: "{text}", description: "{more}", expression: "{query}", severity: "{level}", severityWords: {1: critical}, service: "{label:app}",
              environment: "{$.meta.env}", occurredAt: "{at}", startedAt: "{since}", endedAt: "{until}", labels: [labels, tags, pairs, $.meta.tags],
              annotations: [notes], links: ["{urls[*]}", "{link}"], runbookUrl: "{runbook}", group: "{$.meta.group}", facts: {value: "{value}", all: "{more}"}}
        """;

    private const string Body = """
        {"meta":{"id":"d-1","group":"eu","env":"prod","tags":"shared:yes,team:ops"},"data":{"alerts":[
          {"id":1,"kind":"threshold","rule":"r-9","state":"Burning","name":"Disk","text":"almost full","more":{"left":"2 GB"},"query":"free < 5","level":1,
           "at":"2026-03-01T10:00:05Z","since":1772359200,"until":1772359205000,"labels":{"app":"cart","n":3},"tags":["zone:a","lonely","app:other"],
           "pairs":[{"name":"host","value":"web-1"},{"key":"rack","value":7}],"notes":{"text":"a note"},"urls":["https://a.test/1","ftp://a.test/2"],
           "link":"https://a.test/3","runbook":"https://a.test/runbook","value":91.5},
          {"id":2,"state":"gone","name":"Fan","until":1772359205000},
          {"id":3,"state":"muted","name":"Lamp"}]}}
        """;

    [Fact]
    public void Every_fact_of_an_alert_can_be_mapped()
    {
        var delivery = MappedSample.Read(Whole, Body).ShouldHaveSingleItem();
        var alerts = Reader.Records<AlertReported>(delivery.Outcome);

        (delivery.DeliveryKey, delivery.KeyIsOfBody).ShouldBe(("d-1", false));
        alerts.Count.ShouldBe(2);
        alerts[0].ShouldSatisfyAllConditions(
            alert => (alert.Source, alert.Event, alert.IncidentKey, alert.KeyNamesOneIncident, alert.Fingerprint).ShouldBe(("my-tool", "threshold", "eu/1", true, "r-9")),
            alert => (alert.Status, alert.Title, alert.Summary, alert.Description).ShouldBe((AlertStatus.Firing, "Disk", "almost full", "{\"left\":\"2 GB\"}")),
            alert => (alert.Expression, alert.Severity, alert.Service, alert.Environment).ShouldBe(("free < 5", "critical", "cart", "prod")),
            alert => OpsBotJson.Format(alert.OccurredAt!.Value).ShouldBe("2026-03-01T10:00:05Z"),
            alert => OpsBotJson.Format(alert.StartedAt!.Value).ShouldBe("2026-03-01T10:00:00Z"),
            alert => alert.EndedAt.ShouldBeNull(),
            alert => alert.Labels.Select(label => $"{label.Key}={label.Value}").Order(StringComparer.Ordinal)
                .ShouldBe(["app=cart", "host=web-1", "lonely=true", "n=3", "rack=7", "shared=yes", "team=ops", "zone=a"]),
            alert => alert.Annotations["text"].ShouldBe("a note"),
            alert => alert.Links.ShouldBe(["https://a.test/1", "https://a.test/3", "https://a.test/runbook"]),
            alert => (alert.RunbookUrl, alert.GroupKey).ShouldBe(("https://a.test/runbook", "eu")),
            alert => (alert.Facts["value"], alert.Facts["all"]).ShouldBe(("91.5", "{\"left\":\"2 GB\"}")));
        (alerts[1].Status, OpsBotJson.Format(alerts[1].EndedAt!.Value)).ShouldBe((AlertStatus.Resolved, "2026-03-01T10:00:05Z"));
    }

    [Fact]
    public void A_body_that_is_an_array_is_several_deliveries()
    {
        var read = MappedSample.Read(
            """{delivery: "{id}", identity: "{id}", status: "{state}", title: "{name}"}""",
            """[{"id":1,"state":"firing","name":"a"},7,{"id":2,"state":"ok","name":"b"}]""");

        read.Select(delivery => delivery.DeliveryKey).ShouldBe(["1", read[1].DeliveryKey, "2"]);
        read[1].Outcome.ShouldBe(new Normalised.Unreadable("$", "7 is not an object"));
        read.Count(delivery => delivery.Outcome is Normalised.Events).ShouldBe(2);
        MappedSample.Read(MappedSample.Minimal, "[]").ShouldBeEmpty();
    }

    [Fact]
    public void What_cannot_be_read_of_a_list_does_not_hold_back_the_rest_and_is_read_alone_later()
    {
        const string Mapping = """{list: data.alerts, identity: "{id}", status: "{state}", title: "{name}", startedAt: "{since}"}""";
        var events = MappedSample.Read(
            Mapping, """{"other":[1,2],"data":{"x":1,"alerts":[{"id":1,"state":"firing","name":"a"},{"id":2,"state":"firing","name":"b","since":"soon"},3]}}""");

        events.Count.ShouldBe(2);
        Reader.Records<AlertReported>(events[0].Outcome).ShouldHaveSingleItem().IncidentKey.ShouldBe("1");
        events[1].Outcome.ShouldBeOfType<Normalised.Unreadable>().Field.ShouldBe("data.alerts[1].since");
        var rest = JsonNode.Parse(events[1].Body.Span)!;
        rest.ToJsonString().ShouldBe("""{"other":[1,2],"data":{"x":1,"alerts":[null,{"id":2,"state":"firing","name":"b","since":"soon"},3]}}""");
        MappedSample.Read(Mapping, rest.ToJsonString().Replace("\"soon\"", "1772359200").Replace(",3]", ",null]"))
            .ShouldHaveSingleItem().Outcome.ShouldBeOfType<Normalised.Events>().Items.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("""{"state":"firing","name":"a"}""", "id", "missing")]
    [InlineData("""{"id":"","state":"firing","name":"a"}""", "id", "missing")]
    [InlineData("""{"id":{},"state":"firing","name":"a"}""", "id", "{} is not text")]
    [InlineData("""{"id":"1","name":"a"}""", "state", "missing")]
    [InlineData("""{"id":"1","state":"odd\nword","name":"a"}""", "state", "'odd word' is none of the words that the mapping knows (statusWords)")]
    [InlineData("""{"id":"1","state":["firing"],"name":"a"}""", "state", "[\"firing\"] is not text")]
    public void What_is_missing_or_wrong_is_kept_with_the_name_of_its_place(string body, string field, string reason) =>
        MappedSample.Outcome(MappedSample.Minimal, body).ShouldBe(new Normalised.Unreadable(field, reason));

    [Theory]
    [InlineData("""{"data":{}}""", "data.alerts", "missing")]
    [InlineData("""{"data":[]}""", "data.alerts", "missing")]
    [InlineData("""{"data":{"alerts":{}}}""", "data.alerts", "{} is not an array")]
    [InlineData("""{"data":{"alerts":[null]}}""", "data.alerts", "[null] holds null and no alert")]
    public void A_list_that_is_none_is_kept(string body, string field, string reason) =>
        MappedSample.Outcome(Whole, body).ShouldBe(new Normalised.Unreadable(field, reason));

    [Fact]
    public void A_huge_list_is_kept_whole()
    {
        var body = "{\"data\":{\"alerts\":[" + string.Join(',', Enumerable.Repeat("{\"id\":1}", 5_001)) + "]}}";

        MappedSample.Outcome(Whole, body).ShouldBe(new Normalised.Unreadable("data.alerts", "5001 alerts in one body; at most 5000 are read"));
        MappedSample.Outcome(MappedSample.Minimal, "[" + string.Join(',', Enumerable.Repeat("{}", 5_001)) + "]").ShouldBeOfType<Normalised.Unreadable>();
        MappedSample.Outcome(Whole, """{"data":{"alerts":[]}}""").ShouldBeOfType<Normalised.Nothing>();
    }

    [Fact]
    public void Events_that_the_mapping_ignores_are_dropped_and_other_status_words_are_as_it_says()
    {
        MappedSample.Outcome(Whole, """{"data":{"alerts":[{"id":1,"kind":"PING"}]}}""").ShouldBe(new Normalised.Nothing("PING is ignored by the mapping"));
        const string Lenient = """{identity: "{id}", status: "{state}", statusOtherwise: ignored, statusMissing: firing, title: "{name}"}""";
        MappedSample.Outcome(Lenient, """{"id":1,"state":"strange","name":"a"}""").ShouldBeOfType<Normalised.Nothing>();
        MappedSample.Alert(Lenient, """{"id":1,"name":"a"}""").Status.ShouldBe(AlertStatus.Firing);
    }

    [Fact]
    public void The_first_place_whose_word_is_known_gives_the_status()
    {
        const string Mapping = """{identity: "{id}", status: "{trigger} ?? {state}", statusWords: {seen: acknowledged}, title: "{id}"}""";

        MappedSample.Alert(Mapping, """{"id":1,"trigger":"Seen","state":"open"}""").Status.ShouldBe(AlertStatus.Acknowledged);
        MappedSample.Alert(Mapping, """{"id":1,"trigger":"priority changed","state":"open"}""").Status.ShouldBe(AlertStatus.Firing);
        MappedSample.Outcome(Mapping, """{"id":1,"trigger":"priority changed","state":"odd"}""").ShouldBeOfType<Normalised.Unreadable>().Field.ShouldBe("trigger");
    }

    [Fact]
    public void Long_identities_stay_different_and_long_texts_are_cut()
    {
        string Body(char last) => $$"""{"id":"{{new string('x', 9_000)}}{{last}}","state":"firing","name":"{{new string('n', 900)}}"}""";
        var (one, two) = (MappedSample.Alert(MappedSample.Minimal, Body('1')), MappedSample.Alert(MappedSample.Minimal, Body('2')));

        one.IncidentKey.ShouldNotBe(two.IncidentKey);
        one.IncidentKey.Length.ShouldBeLessThan(251);
        one.Title.Length.ShouldBe(500);
    }

    [Fact]
    public void Text_of_the_body_that_every_alert_repeats_is_bounded()
    {
        const string Mapping = """{list: alerts, identity: "{id}", statusMissing: firing, title: "{id}", description: "{$.text}", labels: [$.labels]}""";
        var labels = string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"l{i}\":\"{new string('v', 1_000)}\""));
        var body = $$"""{"text":"{{new string('t', 500_000)}}","labels":{ {{labels}} },"alerts":[{{string.Join(',', Enumerable.Range(0, 500).Select(i => $"{{\"id\":{i}}}"))}}]}""";

        var alerts = Reader.Records<AlertReported>(MappedSample.Outcome(Mapping, body));

        alerts.Count.ShouldBe(500);
        alerts.ShouldAllBe(alert => alert.Description!.Length <= 2_000 && alert.Labels.Sum(label => label.Value.Length) <= 16_000);
    }

    [Fact]
    public void A_header_that_is_read_is_kept_with_what_cannot_be_read_and_no_other()
    {
        const string Mapping = """{delivery: "{header:X-Delivery}", event: "{header:X-Kind}", identity: "{id}", status: "{state}", title: "{id}"}""";

        var kept = MappedSample.Read(Mapping, "{}", ("X-Delivery", "7"), ("X-Kind", "k"), ("Authorization", "Bearer secret")).ShouldHaveSingleItem();

        kept.DeliveryKey.ShouldBe("7");
        kept.Headers.Keys.Order().ShouldBe(["X-Delivery", "X-Kind"]);
        MappedSample.Read(Mapping, """{"id":1,"state":"ok"}""", ("X-Kind", "k")).Single().Outcome.ShouldBeOfType<Normalised.Events>();
    }

    [Fact]
    public void A_body_that_tells_of_a_change_becomes_one()
    {
        const string Mapping = """
            {event: "{type}", identity: "{id}", status: "{state}", title: "{name}", change: {events: [release], kind: release, identity: "{id}", status: "{state}",
                  statusWords: {done: succeeded}, title: "{name}", service: "{app}", version: "{v}", links: ["{url}"], facts: {by: "{who}"}}}
            """;
        var change = Reader.Records<DeployReported>(MappedSample.Outcome(
            Mapping, """{"type":"release","id":9,"state":"DONE","name":"Cart 4","app":"cart","v":4,"url":"https://a.test","who":"ada"}""")).ShouldHaveSingleItem();

        (change.Source, change.Event, change.ChangeKey, change.Change, change.Status).ShouldBe(("my-tool", "release", "9", ChangeKind.Release, ChangeStatus.Succeeded));
        (change.Service, change.Version, change.Facts["by"], change.Links.Single()).ShouldBe(("cart", "4", "ada", "https://a.test"));
        MappedSample.Outcome(Mapping, """{"type":"release"}""").ShouldBe(new Normalised.Unreadable("name", "missing"));
    }

    [Fact]
    public void What_the_sender_section_says_goes_before_the_mapping()
    {
        var options = MappedSample.Options("""{identity: "{id}", statusMissing: firing, title: "{id}", service: "{app}", environment: test}""",
            """insecure: true, service: "{owner}", environment: production""");
        AlertReported Alert(string body) =>
            Reader.Records<AlertReported>(Reader.Read("my-tool", Encoding.UTF8.GetBytes(body), null, MappedSample.Configure(options)).Single().Outcome).Single();

        (Alert("""{"id":1,"owner":"cart","app":"web"}""") is { Service: "cart", Environment: "production" }).ShouldBeTrue();
        Alert("""{"id":1,"app":"web"}""").Service.ShouldBe("web");
    }
}

using System.Text.Json.Nodes;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;
using OpsBot.Ingress.Alertmanager;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Alertmanager;

public sealed class AlertmanagerFormatTests
{
    [Fact]
    public void Several_alerts_of_one_body_are_several_messages_of_one_delivery()
    {
        var delivery = Reader.Read("alertmanager", Some.AlertmanagerBody().ToJsonString()).ShouldHaveSingleItem().ToDelivery();

        delivery.DeliveryKey.Length.ShouldBe(64);
        delivery.Messages.Select(message => message.Stream).ShouldBe(["alertmanager/00000000000000a1", "alertmanager/00000000000000a2"]);
    }

    [Fact]
    public void An_alert_has_its_own_and_the_shared_facts()
    {
        var alert = Reader.Alerts("alertmanager", Some.AlertmanagerBody())[0];

        alert.Title.ShouldBe("SlowCheckout");
        alert.Service.ShouldBe("checkout");
        alert.Severity.ShouldBe("critical");
        alert.Environment.ShouldBe("prod");
        alert.Summary.ShouldBe("p99 over 2 s");
        alert.Expression.ShouldBe("p99 > 2");
        alert.RunbookUrl.ShouldBe("https://wiki.test/slow-checkout");
        alert.Links.ShouldBe(["http://prometheus.test/graph?g0.expr=p99+%3E+2&g0.tab=1", "https://wiki.test/slow-checkout"]);
        alert.GroupKey.ShouldBe("{}:{alertname=\"SlowCheckout\"}");
        alert.IncidentKey.ShouldBe(alert.Fingerprint);
        alert.KeyNamesOneIncident.ShouldBeFalse();
        alert.OccurredAt.ShouldBeNull();
        alert.StartedAt.ShouldBe(DateTimeOffset.Parse("2026-03-01T10:00:00.1234567Z"));
        alert.EndedAt.ShouldBeNull();
        (alert.Facts["alerts"], alert.Facts["firing"], alert.Facts["resolved"]).ShouldBe(("2", "1", "1"));
    }

    [Fact]
    public void Each_alert_has_its_own_status_and_end()
    {
        var alerts = Reader.Alerts("alertmanager", Some.AlertmanagerBody());

        alerts.Select(alert => alert.Status).ShouldBe([AlertStatus.Firing, AlertStatus.Resolved]);
        alerts[1].EndedAt.ShouldBe(DateTimeOffset.Parse("2026-03-01T09:58:00Z"));
    }

    [Fact]
    public void A_missing_fingerprint_is_made_from_the_labels_in_any_order()
    {
        var body = Some.AlertmanagerBody();
        var alert = body["alerts"]![0]!.AsObject();
        alert.Remove("fingerprint");
        body["commonLabels"] = new JsonObject();
        var one = Reader.Alerts("alertmanager", body)[0].Fingerprint;
        alert["labels"] = JsonNode.Parse("""{"service":"checkout","pod":"checkout-1","severity":"critical","alertname":"SlowCheckout"}""");
        var other = Reader.Alerts("alertmanager", body)[0].Fingerprint;
        alert["labels"]!["pod"] = "checkout-9";

        other.ShouldBe(one);
        Reader.Alerts("alertmanager", body)[0].Fingerprint.ShouldNotBe(one);
    }

    [Fact]
    public void The_fingerprint_is_the_one_that_Prometheus_computes() =>
        // an empty label set hashes to FNV's offset basis, as model.LabelSet{}.Fingerprint() does
        LabelFingerprint.Of(new Dictionary<string, string>()).ShouldBe("cbf29ce484222325");

    [Fact]
    public void A_missing_start_stays_unknown()
    {
        var body = Some.AlertmanagerBody();
        body["alerts"]![0]!.AsObject().Remove("startsAt");

        Reader.Alerts("alertmanager", body)[0].StartedAt.ShouldBeNull();
    }

    [Fact]
    public void A_time_that_is_none_names_its_field_and_its_value()
    {
        var body = Some.AlertmanagerBody();
        body["alerts"]!.AsArray().RemoveAt(1);
        body["alerts"]![0]!["startsAt"] = "soon";

        var wrong = Reader.Unreadable("alertmanager", body);

        $"{wrong.Field}: {wrong.Reason}".ShouldBe("alerts[0].startsAt: 'soon' is not an ISO 8601 time");
    }

    [Theory]
    [InlineData("startsAt", "soon")]
    [InlineData("status", "melting")]
    [InlineData("labels", 5)]
    public void An_alert_that_cannot_be_read_does_not_hold_back_the_others(string field, object wrong)
    {
        var body = Some.AlertmanagerBody();
        body["alerts"]![0]![field] = JsonValue.Create(wrong);

        var deliveries = Reader.Read("alertmanager", body.ToJsonString());

        deliveries.Count.ShouldBe(2);
        Reader.Records<AlertReported>(deliveries[0].Outcome).ShouldHaveSingleItem().Labels["pod"].ShouldBe("checkout-2");
        deliveries[1].Outcome.ShouldBeOfType<Normalised.Unreadable>().Field.ShouldStartWith($"alerts[0].{field}");
        deliveries[1].DeliveryKey.ShouldNotBe(deliveries[0].DeliveryKey);
        // what is kept holds that alert only, at its place
        var again = Reader.Read("alertmanager", deliveries[1].Body.ToArray(), deliveries[1].Headers).ShouldHaveSingleItem();
        (again.DeliveryKey, again.Outcome).ShouldBe((deliveries[1].DeliveryKey, deliveries[1].Outcome));
        var mended = JsonNode.Parse(deliveries[1].Body.Span)!;
        mended["alerts"]![0]![field] = Some.AlertmanagerBody()["alerts"]![0]![field]!.DeepClone();
        Reader.Alerts("alertmanager", mended).ShouldHaveSingleItem().Labels["pod"].ShouldBe("checkout-1");
    }

    [Theory]
    [InlineData("""{"alerts":{}}""", "alerts")]
    [InlineData("""{"alerts":[5]}""", "alerts[0]")]
    [InlineData("""{"status":"firing","commonLabels":{"alertname":"X"},"alerts":[null]}""", "alerts")]
    [InlineData("""{"status":"firing"}""", "alerts")]
    [InlineData("""{"alerts":[{"status":"firing"}]}""", "alerts[0].labels")]
    [InlineData("""{"alerts":[{"labels":{"alertname":"A"}}]}""", "alerts[0].status")]
    [InlineData("""{"alerts":[{"status":"melting","labels":{"alertname":"A"}}]}""", "alerts[0].status")]
    [InlineData("""{"alerts":[{"status":"firing","labels":[]}]}""", "alerts[0].labels")]
    [InlineData("""[1]""", "$")]
    [InlineData("""5""", "$")]
    public void What_cannot_be_read_names_its_field(string body, string field) =>
        Reader.Unreadable("alertmanager", JsonNode.Parse(body)!).Field.ShouldBe(field);

    [Fact]
    public void A_group_without_alerts_creates_nothing() =>
        Reader.Outcome("alertmanager", JsonNode.Parse("""{"alerts":[]}""")!).ShouldBeOfType<Normalised.Nothing>();

    [Fact]
    public void The_configuration_says_which_label_names_the_service()
    {
        var outcome = Reader.Outcome(
            "alertmanager", Some.AlertmanagerBody(), configure: options => options.Alertmanager!.ServiceLabels = ["pod"]);

        Reader.Records<AlertReported>(outcome).Select(alert => alert.Service).ShouldBe(["checkout-1", "checkout-2"]);
    }

    [Fact]
    public void A_link_that_is_no_web_address_is_not_kept()
    {
        var body = Some.AlertmanagerBody();
        body["alerts"]![0]!["generatorURL"] = "javascript:alert(1)";
        body["commonAnnotations"]!["runbook_url"] = "file:///etc/passwd";

        var alert = Reader.Alerts("alertmanager", body)[0];

        alert.Links.ShouldBeEmpty();
        alert.RunbookUrl.ShouldBeNull();
    }

    [Fact]
    public void Shared_text_is_bounded_because_every_alert_repeats_it()
    {
        var body = Some.AlertmanagerBody();
        for (var i = 0; i < 100; i++)
            body["commonAnnotations"]![$"a{i}"] = new string('x', 5_000);

        Reader.Alerts("alertmanager", body)[0].Annotations.Values.Sum(value => value.Length).ShouldBeLessThan(20_000);
    }
}

using System.Text.Json.Nodes;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Grafana;

public sealed class GrafanaFormatTests
{
    [Fact]
    public void A_unified_alert_keeps_its_values_and_links()
    {
        var alert = Reader.Alert("grafana", Some.GrafanaBody());

        alert.Source.ShouldBe("grafana");
        alert.IncidentKey.ShouldBe("00000000000000b1");
        alert.Title.ShouldBe("Memory");
        alert.Service.ShouldBe("cart");
        alert.Severity.ShouldBe("warning");
        alert.Description.ShouldBe("memory is nearly used up");
        alert.StartedAt.ShouldBe(DateTimeOffset.Parse("2026-03-01T10:00:00.5Z"));
        alert.Facts["values"].ShouldBe("""{"B":44.25,"C":1}""");
        alert.Facts["value.B"].ShouldBe("44.25");
        alert.Facts["valueString"].ShouldBe("[ var='B' value=44.25 ]");
        alert.Links.ShouldBe([
            "https://grafana.test/alerting/abc/edit", "https://grafana.test/d/1", "https://grafana.test/d/1?viewPanel=2",
            "https://grafana.test/alerting/silence/new?x=1", "https://wiki.test/memory"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"B":null}""")]
    public void Values_may_be_missing(string values)
    {
        var body = Some.GrafanaBody();
        body["alerts"]![0]!["values"] = JsonNode.Parse(values);

        Reader.Alert("grafana", body).Facts.Keys.ShouldNotContain("value.B");
    }

    [Fact]
    public void A_body_without_alerts_is_one_alert_made_of_what_is_shared()
    {
        var body = Some.GrafanaBody();
        body.Remove("alerts");
        body.Remove("status");
        body["commonLabels"]!["alertname"] = "LoadFailed";

        var alert = Reader.Alert("grafana", body);

        alert.Title.ShouldBe("LoadFailed");
        alert.Status.ShouldBe(AlertStatus.Firing);
        alert.Description.ShouldBe("a long text about the group");
        alert.StartedAt.ShouldBeNull();
        body["state"] = "ok";
        var resolved = Reader.Alert("grafana", body);
        resolved.Status.ShouldBe(AlertStatus.Resolved);
        resolved.IncidentKey.ShouldBe(alert.IncidentKey);
    }

    [Fact]
    public void A_group_without_shared_labels_is_told_by_its_key()
    {
        var one = JsonNode.Parse("""{"status":"firing","groupKey":"{}:{a}","title":"Something"}""")!;

        (Reader.Alert("grafana", one).IncidentKey, Reader.Alert("grafana", one).Title).ShouldBe(("{}:{a}", "Something"));
        one["groupKey"] = null;
        Reader.Unreadable("grafana", one).Field.ShouldBe("commonLabels");
    }

    [Fact]
    public void The_state_of_the_group_counts_where_nothing_has_a_status()
    {
        var body = Some.GrafanaBody();
        body.Remove("status");
        body["alerts"]![0]!.AsObject().Remove("status");

        Reader.Alert("grafana", body).Status.ShouldBe(AlertStatus.Firing);
    }

    [Theory]
    [InlineData("alerting", AlertStatus.Firing)]
    [InlineData("no_data", AlertStatus.Firing)]
    [InlineData("ok", AlertStatus.Resolved)]
    public void A_legacy_rule_is_an_alert(string state, AlertStatus status)
    {
        var alert = Reader.Alert("grafana", Some.LegacyGrafanaBody(state));

        alert.Status.ShouldBe(status);
        alert.Title.ShouldBe("Queue length");
        alert.Service.ShouldBe("queue");
        alert.Severity.ShouldBe("warning");
        alert.Summary.ShouldBe("queue is long");
        alert.Links.ShouldBe(["https://grafana.test/d/q/queues?viewPanel=2", "https://grafana.test/img/1.png"]);
        alert.IncidentKey.ShouldBe(Reader.Alert("grafana", Some.LegacyGrafanaBody()).IncidentKey);
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("paused")]
    public void A_legacy_rule_that_has_not_fired_creates_nothing(string state) =>
        Reader.Outcome("grafana", Some.LegacyGrafanaBody(state)).ShouldBeOfType<Normalised.Nothing>();

    [Fact]
    public void Two_legacy_rules_are_two_incidents()
    {
        var other = Some.LegacyGrafanaBody();
        other["ruleId"] = 8;

        Reader.Alert("grafana", other).IncidentKey.ShouldNotBe(Reader.Alert("grafana", Some.LegacyGrafanaBody()).IncidentKey);
    }

    [Fact]
    public void A_body_that_is_no_alert_at_all_is_unreadable() =>
        Reader.Unreadable("grafana", JsonNode.Parse("""{"hello":"world"}""")!).Field.ShouldBe("state");
}

using System.Text.Json.Nodes;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;
using OpsBot.Ingress.PagerDuty;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.PagerDuty;

public sealed class PagerDutyFormatTests
{
    [Fact]
    public void An_incident_gives_every_fact_that_it_states()
    {
        var alert = Reader.Alert("pagerduty", Some.PagerDutyBody());

        alert.IncidentKey.ShouldBe("Q1FAKE");
        alert.KeyNamesOneIncident.ShouldBeTrue();
        alert.Event.ShouldBe("incident.triggered");
        alert.Status.ShouldBe(AlertStatus.Firing);
        alert.Title.ShouldBe("Checkout is slow");
        alert.Service.ShouldBe("Checkout");
        alert.Severity.ShouldBe("P2");
        alert.GroupKey.ShouldBe("checkout/latency");
        alert.OccurredAt.ShouldBe(DateTimeOffset.Parse("2026-03-01T10:00:05.25Z"));
        alert.StartedAt.ShouldBe(DateTimeOffset.Parse("2026-03-01T10:00:00Z"));
        alert.EndedAt.ShouldBeNull();
        alert.ReceivedAt.ShouldBe(Some.ReceivedAt);
        alert.Links.ShouldBe(["https://acme.pagerduty.test/incidents/Q1FAKE"]);
        alert.Facts["incidentKey"].ShouldBe("checkout/latency");
        alert.Facts["deliveryId"].ShouldBe("01FAKEEVENT");
        alert.Facts["clientUrl"].ShouldBe("https://probe.test/check/7");
        alert.Facts["number"].ShouldBe("12");
        alert.Facts.Keys.ShouldNotContain("resolveReason");
    }

    [Theory]
    [InlineData("incident.triggered", "triggered", AlertStatus.Firing)]
    [InlineData("incident.acknowledged", "acknowledged", AlertStatus.Acknowledged)]
    [InlineData("incident.unacknowledged", "triggered", AlertStatus.Firing)]
    [InlineData("incident.reassigned", "acknowledged", AlertStatus.Acknowledged)]
    [InlineData("incident.escalated", "triggered", AlertStatus.Firing)]
    [InlineData("incident.delegated", "acknowledged", AlertStatus.Acknowledged)]
    [InlineData("incident.reopened", "triggered", AlertStatus.Firing)]
    [InlineData("incident.resolved", "resolved", AlertStatus.Resolved)]
    [InlineData("incident.priority_updated", "acknowledged", AlertStatus.Acknowledged)]
    [InlineData("incident.reopened", null, AlertStatus.Firing)]
    [InlineData("incident.resolved", null, AlertStatus.Resolved)]
    [InlineData("incident.type.changed", "acknowledged", AlertStatus.Acknowledged)]
    public void The_status_is_the_one_in_the_data(string type, string? status, AlertStatus expected) =>
        Reader.Alert("pagerduty", Some.PagerDutyBody(type, status)).Status.ShouldBe(expected);

    [Fact]
    public void A_resolved_incident_ended_when_the_event_occurred() =>
        Reader.Alert("pagerduty", Some.PagerDutyBody("incident.resolved", "resolved")).EndedAt.ShouldBe(DateTimeOffset.Parse("2026-03-01T10:00:05.25Z"));

    [Theory]
    [InlineData("incident.annotated", "incident_note")]
    [InlineData("incident.responder.added", "incident_responder")]
    [InlineData("incident.responder.replied", "incident_responder")]
    [InlineData("incident.status_update_published", "incident_status_update")]
    [InlineData("incident.conference_bridge.updated", "incident_conference_bridge")]
    [InlineData("incident.custom_field_values.updated", "incident_field_values")]
    [InlineData("incident.role_assigned", "incident_role_assignment")]
    [InlineData("incident.workflow.started", "incident_workflow_instance")]
    public void An_event_whose_data_only_refers_to_an_incident_changes_no_status(string type, string kind)
    {
        var body = Some.PagerDutyBody(type);
        body["event"]!["data"] = JsonNode.Parse($$"""
            {"incident":{"id":"Q1FAKE","type":"incident_reference","summary":"Checkout is slow"},"id":"P9","content":"looking","type":"{{kind}}"}
            """);

        Reader.Outcome("pagerduty", body).ShouldBeOfType<Normalised.Nothing>();
    }

    [Theory]
    [InlineData("service.created")]
    [InlineData("service.updated")]
    [InlineData("service.deleted")]
    [InlineData("pagey.ping")]
    [InlineData("something.new")]
    public void An_event_that_is_about_no_incident_creates_nothing(string type)
    {
        var body = Some.PagerDutyBody(type);
        body["event"]!["data"] = JsonNode.Parse("""{"message":"Hello","type":"ping"}""");

        Reader.Outcome("pagerduty", body).ShouldBeOfType<Normalised.Nothing>();
    }

    [Fact]
    public void The_delivery_is_named_by_the_event_and_not_by_the_incident()
    {
        var first = Reader.Read("pagerduty", Some.PagerDutyBody(eventId: "E1").ToJsonString()).Single();
        var second = Reader.Read("pagerduty", Some.PagerDutyBody(eventId: "E2").ToJsonString()).Single();

        first.DeliveryKey.ShouldBe("E1");
        second.DeliveryKey.ShouldBe("E2");
        first.ToDelivery().Messages.Single().Stream.ShouldBe("pagerduty/Q1FAKE");
        second.ToDelivery().Messages.Single().Stream.ShouldBe("pagerduty/Q1FAKE");
    }

    [Fact]
    public void Urgency_is_the_severity_where_there_is_no_priority()
    {
        var body = Some.PagerDutyBody();
        body["event"]!["data"]!["priority"] = null;

        Reader.Alert("pagerduty", body).Severity.ShouldBe("high");
    }

    [Theory]
    [InlineData("[FIRING:2] Queue  long", "[FIRING:3] queue long", true)]
    [InlineData("[#33] job 1234567 died", "[#34] job 7654321 died", true)]
    [InlineData("disk full on host-1", "disk full on host-2", false)]
    [InlineData("p99 is slow", "p95 is slow", false)]
    public void Titles_of_the_same_alert_have_the_same_fingerprint(string one, string other, bool same) =>
        (PagerDutyFingerprint.Of(null, "svc", one) == PagerDutyFingerprint.Of(null, "svc", other)).ShouldBe(same);

    [Fact]
    public void A_key_that_PagerDuty_made_up_is_no_fingerprint()
    {
        PagerDutyFingerprint.Of("d3640fbd41094207a1c11e58e46b1662", "svc", "t").ShouldBe(PagerDutyFingerprint.Of(null, "svc", "t"));
        PagerDutyFingerprint.Of("checkout/latency", "svc", "t").ShouldBe(PagerDutyFingerprint.Of("checkout/latency", "svc", "another title"));
        PagerDutyFingerprint.Of("checkout/latency", "svc", "t").ShouldNotBe(PagerDutyFingerprint.Of("checkout/errors", "svc", "t"));
    }

    [Fact]
    public void A_status_that_nobody_knows_is_unreadable_and_names_itself()
    {
        var wrong = Reader.Unreadable("pagerduty", Some.PagerDutyBody(status: "snoozed"));

        wrong.Field.ShouldBe("event.data.status");
        wrong.Reason.ShouldContain("'snoozed'");
    }

    [Fact]
    public void A_V2_body_says_that_V3_is_needed() =>
        Reader.Unreadable("pagerduty", JsonNode.Parse("""{"messages":[{"event":"incident.trigger"}]}""")!).Reason.ShouldContain("V3");
}

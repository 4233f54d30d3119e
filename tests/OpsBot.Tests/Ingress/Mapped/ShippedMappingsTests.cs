using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Host.Configuration;
using OpsBot.Ingress;

namespace OpsBot.Tests.Ingress.Mapped;

/// <summary>The mappings that ship, against bodies as their vendors document them. The bodies are ours.</summary>
public sealed class ShippedMappingsTests
{
    [Fact]
    public void Eight_mappings_ship_and_hold()
    {
        ShippedMappings.Library.Mappings.Keys.Order().ShouldBe(["argocd", "argorollouts", "azure-monitor", "datadog", "newrelic", "opsgenie", "pagerduty-events", "zenduty"]);
        MappedSample.Problems("senders:\n  include: [deploy/senders/*.yaml]\n", OpsBot.Tests.Architecture.Repository.Root).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Triggered", "firing")]
    [InlineData("Re-Triggered", "firing")]
    [InlineData("Warn", "firing")]
    [InlineData("Re-Warn", "firing")]
    [InlineData("No Data", "firing")]
    [InlineData("Re-No Data", "firing")]
    [InlineData("Renotify", "firing")]
    [InlineData("Recovered", "resolved")]
    public void Datadog_says_what_a_monitor_does(string transition, string status)
    {
        var alert = MappedSample.Shipped("datadog", $$$"""
            {"id":"77","event_type":"metric_alert_monitor","title":"[{{{transition}}}] Disk","date":"1772359200000","last_updated":"1772359201000","body":"text",
             "org":{"id":"1","name":"acme"},"tags":"env:Prod,service:cart,monitor","link":"https://dd.test/e/77","priority":"P2",
             "alert":{"alert_id":"12","alert_scope":"host:web-1","alert_transition":"{{{transition}}}","alert_type":"error","alert_status":"free is low",
               "alert_query":"avg:disk.free{*} < 5","alert_metric":"disk.free"},"event":{"aggreg_key":"abc","event_url":"null"}}
            """);

        (alert.Status.ToString().ToLowerInvariant(), alert.IncidentKey, alert.Severity, alert.Service, alert.Environment).ShouldBe((status, "12/host:web-1", "P2", "cart", "Prod"));
        (alert.Expression, alert.Summary, OpsBotJson.Format(alert.OccurredAt!.Value)).ShouldBe(("avg:disk.free{*} < 5", "free is low", "2026-03-01T10:00:00Z"));
        alert.Links.ShouldBe(["https://dd.test/e/77"]);
        (alert.Labels["host"], alert.Labels["monitor"]).ShouldBe(("web-1", "true"));
    }

    [Theory]
    [InlineData("[P1] [Warn on {host:a}] Disk", AlertStatus.Firing, "P1")]
    [InlineData("[Recovered on {host:a}] Disk", AlertStatus.Resolved, null)]
    [InlineData("[Re-No Data] Disk", AlertStatus.Firing, null)]
    public void Datadogs_default_payload_is_told_by_its_title(string title, AlertStatus status, string? severity)
    {
        var alert = MappedSample.Shipped("datadog", $$$"""
            {"body":"b","last_updated":"1772359200000","event_type":"query_alert_monitor","title":"{{{title}}}","date":"1772359200000","org":{"id":"1","name":"a"},"id":"5"}
            """);

        (alert.Status, alert.Severity).ShouldBe((status, severity));
        alert.IncidentKey.ShouldBe("Disk");
    }

    [Fact]
    public void Datadogs_events_that_are_no_alerts_are_dropped() =>
        Reader.Read("datadog", """{"id":"1","title":"A deploy","event_type":"comment","alert":{"alert_transition":"","alert_type":"info"}}""")
            .Single().Outcome.ShouldBeOfType<Normalised.Nothing>();

    [Theory]
    [InlineData("ACTIVATED", "INCIDENT_ADDED", AlertStatus.Firing)]
    [InlineData("ACTIVATED", "PRIORITY_CHANGED", AlertStatus.Firing)]
    [InlineData("ACTIVATED", "ACKNOWLEDGED", AlertStatus.Acknowledged)]
    [InlineData("CLOSED", "CLOSED", AlertStatus.Resolved)]
    [InlineData("CLOSED", "INCIDENT_CLOSED", AlertStatus.Resolved)]
    [InlineData("CREATED", "STATE_CHANGE", AlertStatus.Firing)]
    public void New_Relics_workflows_are_read(string state, string trigger, AlertStatus status)
    {
        var alert = MappedSample.Shipped("newrelic", $$$"""
            {"id":"i-1","issueUrl":"https://nr.test/i-1","title":["Slow"],"issueTitle":"Slow","priority":"CRITICAL","impactedEntities":["cart","web"],"state":"{{{state}}}",
             "trigger":"{{{trigger}}}","createdAt":1772359200000,"updatedAt":1772359260000,"workflowName":"w","alertConditionNames":["p95"]}
            """);

        (alert.Status, alert.IncidentKey, alert.KeyNamesOneIncident, alert.Title, alert.Facts["entities"]).ShouldBe((status, "i-1", true, "Slow", "cart, web"));
        (alert.EndedAt is not null).ShouldBe(status == AlertStatus.Resolved);
    }

    [Theory]
    [InlineData("open", AlertStatus.Firing)]
    [InlineData("acknowledged", AlertStatus.Acknowledged)]
    [InlineData("closed", AlertStatus.Resolved)]
    public void New_Relics_older_channels_are_read(string state, AlertStatus status)
    {
        var alert = MappedSample.Shipped("newrelic", $$$"""
            {"account_id":1,"account_name":"acme","condition_id":3,"condition_name":"High CPU","current_state":"{{{state}}}","details":"CPU > 90 for 5 minutes",
             "event_type":"INCIDENT","incident_id":4711,"incident_url":"https://nr.test/4711","policy_name":"Hosts","runbook_url":"https://wiki.test/cpu",
             "severity":"WARNING","targets":[{"id":"9","name":"web-1","labels":{"env":"prod"},"type":"Host"}],"timestamp":1772359200000}
            """);

        (alert.Status, alert.IncidentKey, alert.Title, alert.Severity, alert.Environment, alert.RunbookUrl)
            .ShouldBe((status, "4711", "High CPU", "WARNING", "prod", "https://wiki.test/cpu"));
        (OpsBotJson.Format(alert.StartedAt!.Value), alert.Facts["policy"]).ShouldBe(("2026-03-01T10:00:00Z", "Hosts"));
    }

    [Theory]
    [InlineData("Metric", """{"conditionType":"SingleResourceMultipleMetricCriteria","condition":{"allOf":[{"metricName":"cpu","dimensions":[{"name":"node","value":"n1"}]}]}}""", "node")]
    [InlineData("Log", """{"properties":null,"conditionType":"LogQueryCriteria","condition":{"allOf":[{"searchQuery":"Heartbeat","dimensions":[{"name":"Computer","value":"n1"}],"linkToFilteredSearchResultsUI":"https://portal.test/q"}]}}""", "Computer")]
    [InlineData("Activity Log", """{"authorization":null,"operationName":"Microsoft.Compute/delete","caller":"a@b.test","status":"Succeeded"}""", null)]
    public void Azures_common_schema_is_read_for_every_signal(string signal, string context, string? label)
    {
        string Body(string condition, string more) => $$$"""
            {"schemaId":"azureMonitorCommonAlertSchema","data":{"essentials":{"alertId":"/subscriptions/s/alerts/a-1","alertRule":"rule","severity":"Sev2","signalType":"{{{signal}}}",
             "monitorCondition":"{{{condition}}}","monitoringService":"Platform","alertTargetIDs":["/subscriptions/s/vm"],"configurationItems":["vm"],"originAlertId":"o-1",
             "firedDateTime":"2026-03-01T10:00:00.1234567Z",{{{more}}}"description":"text","essentialsVersion":"1.0"},"alertContext":{{{context}}} ,"customProperties":{"team":"ops"} }}
            """;
        var fired = MappedSample.Shipped("azure-monitor", Body("Fired", ""));
        var resolved = MappedSample.Shipped("azure-monitor", Body("Resolved", "\"resolvedDateTime\":\"2026-03-01T10:05:00Z\","));

        (fired.Status, fired.Severity, fired.Event, fired.Title, fired.Fingerprint).ShouldBe((AlertStatus.Firing, "Sev2", signal, "rule", "o-1"));
        (resolved.Status, resolved.IncidentKey, OpsBotJson.Format(resolved.EndedAt!.Value)).ShouldBe((AlertStatus.Resolved, fired.IncidentKey, "2026-03-01T10:05:00Z"));
        (fired.Labels["team"], fired.Labels.ContainsKey(label ?? "team")).ShouldBe(("ops", true));
        fired.Facts["rawStatus"].ShouldBe("Fired");
    }

    [Theory]
    [InlineData("Create", "Firing")]
    [InlineData("UnAcknowledge", "Firing")]
    [InlineData("Acknowledge", "Acknowledged")]
    [InlineData("Close", "Resolved")]
    [InlineData("Delete", "Resolved")]
    [InlineData("AddNote", null)]
    [InlineData("AssignOwnership", null)]
    [InlineData("Our own action", null)]
    public void Opsgenies_actions_are_read(string action, string? status)
    {
        var outcome = Reader.Read("opsgenie", $$$"""
            {"action":"{{{action}}}","alert":{"alertId":"a-1","message":"Disk","tags":["env:prod","lonely"],"tinyId":"4","entity":"web-1","alias":"disk/web-1",
             "createdAt":1772359200000,"updatedAt":1772359260000,"username":"System","description":"text","priority":"P3","source":"probe","details":{"service":"cart"}},
             "source":{"name":"","type":"web"},"integrationName":"opsbot"}
            """).Single().Outcome;

        (outcome is Normalised.Events).ShouldBe(status is not null);
        if (status is null)
            return;
        var alert = Reader.Records<AlertReported>(outcome).Single();
        (alert.Status.ToString(), alert.Event, alert.IncidentKey, alert.Fingerprint, alert.Severity, alert.Service).ShouldBe((status, action, "a-1", "disk/web-1", "P3", "cart"));
        (OpsBotJson.Format(alert.StartedAt!.Value), alert.Labels["env"], alert.Facts["entity"]).ShouldBe(("2026-03-01T10:00:00Z", "prod", "web-1"));
    }

    [Fact]
    public void The_PagerDuty_Events_API_is_read_in_both_versions()
    {
        var trigger = MappedSample.Shipped("pagerduty-events", """
            {"routing_key":"r","event_action":"trigger","payload":{"summary":"Disk","source":"web-1","severity":"critical","timestamp":"2026-03-01T10:00:00.000+0000"}}
            """);
        var acknowledged = MappedSample.Shipped("pagerduty-events", """{"routing_key":"r","event_action":"acknowledge","dedup_key":"k"}""");
        var older = MappedSample.Shipped("pagerduty-events", """
            {"service_key":"s","event_type":"resolve","incident_key":"k","description":"fine","details":{"env":"prod"},"contexts":[{"type":"link","href":"https://a.test"}]}
            """);

        (trigger.Status, trigger.Event, trigger.IncidentKey, trigger.Severity, OpsBotJson.Format(trigger.OccurredAt!.Value))
            .ShouldBe((AlertStatus.Firing, "trigger", "web-1: Disk", "critical", "2026-03-01T10:00:00Z"));
        (acknowledged.Status, acknowledged.IncidentKey, acknowledged.Title).ShouldBe((AlertStatus.Acknowledged, "k", ""));
        (older.Status, older.IncidentKey, older.Title, older.Environment, older.Links.Single()).ShouldBe((AlertStatus.Resolved, "k", "fine", "prod", "https://a.test"));
        Reader.Read("pagerduty-events", "{}").Single().Outcome.ShouldBe(new Normalised.Unreadable("payload.summary", "missing"));
    }

    [Theory]
    [InlineData("triggered", 1, "Firing")]
    [InlineData("acknowledged", 2, "Acknowledged")]
    [InlineData("resolved", 3, "Resolved")]
    [InlineData("note_added", 3, "Resolved")]
    [InlineData("note_added", 7, null)]
    public void Zendutys_events_are_read(string happened, int state, string? status)
    {
        var outcome = Reader.Read("zenduty", $$$$"""
            {"payload":{"event_type":"{{{{happened}}}}","incident":{"summary":"s","incident_number":4,"creation_date":"2026-03-01T10:00:00Z","status":{{{{state}}}},"unique_id":"u-1",
             "title":"Disk","incident_key":"k","service":{"name":"Prod","unique_id":"x"},"urgency":1,"assigned_to":null}}}
            """).Single().Outcome;

        (outcome is Normalised.Events events ? ((AlertReported)events.Items.Single().Record).Status.ToString() : null).ShouldBe(status);
    }
}

using OpsBot.Ingress;
using OpsBot.Ingress.Mapped;

namespace OpsBot.Tests.Support;

/// <summary>Bodies of senders that mappings read.</summary>
internal static partial class Some
{
    public const string PagerDutyEvent = """
        {"routing_key":"r","event_action":"trigger","dedup_key":"k","client":"Probe","client_url":"https://probe.test","links":[{"href":"https://probe.test/1","text":"x"}],
         "payload":{"summary":"Disk","source":"web-1","severity":"critical","component":"cart","timestamp":"2026-03-01T10:00:00.000+0000","custom_details":{"free":0.5}}}
        """;

    public const string DatadogBody = """
        {"id":"77","event_type":"metric_alert_monitor","title":"[Triggered] Disk","date":"1772359200000","body":"text","tags":"env:prod,service:cart,monitor",
         "link":"https://dd.test/e/77","alert":{"alert_id":"12","alert_scope":"host:web-1","alert_transition":"Triggered","alert_type":"error"},"event":{"aggreg_key":"abc"}}
        """;

    public const string NewRelicBody = """
        {"id":"i-1","issueUrl":"https://nr.test/i-1","title":"Slow","priority":"CRITICAL","impactedEntities":["cart"],"state":"ACTIVATED","trigger":"INCIDENT_ADDED",
         "createdAt":1772359200000,"accumulations":{"tag":{"env":["prod"]},"runbookUrl":["https://wiki.test/slow"],"deepLinkUrl":["https://nr.test/d"]}}
        """;

    public const string AzureBody = """
        {"schemaId":"azureMonitorCommonAlertSchema","data":{"essentials":{"alertId":"/subscriptions/s/alerts/a-1","alertRule":"rule","severity":"Sev2","signalType":"Metric",
         "monitorCondition":"Fired","firedDateTime":"2026-03-01T10:00:00Z","configurationItems":["vm"]},
         "alertContext":{"condition":{"allOf":[{"metricName":"cpu","dimensions":[{"name":"node","value":"n1"}]}]}},"customProperties":{"team":"ops"}}}
        """;

    public const string OpsgenieBody = """
        {"action":"Create","alert":{"alertId":"a-1","message":"Disk","tags":["env:prod","lonely"],"tinyId":"4","entity":"web-1","alias":"disk","createdAt":1772359200000,
         "priority":"P3","details":{"service":"cart"},"teams":["ops"]},"integrationName":"opsbot"}
        """;

    public const string ZendutyBody = """
        {"payload":{"event_type":"triggered","incident":{"summary":"s","incident_number":4,"status":1,"unique_id":"u-1","title":"Disk","service":{"name":"Prod"},"urgency":1}}}
        """;

    public const string ListBody = """
        {"meta":{"id":"d-1","env":"prod"},"data":{"alerts":[{"id":1,"state":"open","name":"a","since":1772359200,"tags":["a:b"]},{"id":2,"state":"ok","name":"b","since":null,"tags":{}}]}}
        """;

    /// <summary>The senders with code of their own, those that ship as mappings, and <c>my-tool</c>, whose body is a list.</summary>
    public static void AllSendersAndMapped(SendersOptions options)
    {
        AllSenders(options);
        foreach (var source in (string[])["pagerduty-events", "datadog", "newrelic", "azure-monitor", "opsgenie", "zenduty"])
            options.Mapped[source] = new() { Query = new() { Name = "token", Token = Bearer } };
        options.Mapped["my-tool"] = new() { Signature = new() { Header = "X-Signature", Secrets = [GitHubSecret] } };
        options.Mappings["my-tool"] = new MappingOptions
        {
            List = "data.alerts",
            Delivery = "{meta.id}",
            Identity = "{id}",
            Status = "{state}",
            Title = "{name}",
            StartedAt = "{since}",
            Environment = "{$.meta.env}",
            Labels = ["tags"],
        };
    }
}

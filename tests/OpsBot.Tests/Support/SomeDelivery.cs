using System.Text.Json.Nodes;
using OpsBot.Ingress;

namespace OpsBot.Tests.Support;

/// <summary>Bodies as their senders write them, with made-up names; a test changes the member it is about.</summary>
internal static partial class Some
{
    public const string PagerDutySecret = "pd-test-secret";
    public const string GitHubSecret = "gh-test-secret";
    public const string Bearer = "test-bearer";

    public static readonly DateTimeOffset ReceivedAt = new(2026, 3, 1, 10, 0, 30, TimeSpan.Zero);

    public static void AllSenders(SendersOptions options)
    {
        options.PagerDuty = new() { Secrets = [PagerDutySecret] };
        options.Alertmanager = new() { Bearer = Bearer };
        options.Grafana = new() { Basic = new() { User = "grafana", Password = "test-password" } };
        options.GitHub = new() { Secrets = [GitHubSecret], DeployWorkflows = ["ship"] };
        options.CloudEvents = new() { Bearer = Bearer };
    }

    public static JsonObject PagerDutyBody(
        string type = "incident.triggered", string? status = "triggered", string id = "Q1FAKE", string eventId = "01FAKEEVENT") => Json($$"""
        {"event":{"id":"{{eventId}}","event_type":"{{type}}","resource_type":"incident","occurred_at":"2026-03-01T10:00:05.250Z",
          "agent":{"id":"P1","summary":"Events API V2"},"client":{"name":"Probe","url":"https://probe.test/check/7"},
          "data":{"id":"{{id}}","type":"incident","html_url":"https://acme.pagerduty.test/incidents/{{id}}","number":12,"status":{{Quoted(status)}},
            "incident_key":"checkout/latency","created_at":"2026-03-01T10:00:00Z","title":"Checkout is slow",
            "service":{"id":"PSVC","summary":"Checkout","type":"service_reference"},"assignees":[{"id":"P2","summary":"On Call"}],
            "priority":{"summary":"P2"},"urgency":"high","resolve_reason":null} } }
        """);

    public static JsonObject AlertmanagerBody() => Json("""
        {"version":"4","groupKey":"{}:{alertname=\"SlowCheckout\"}","status":"firing","receiver":"opsbot","truncatedAlerts":0,
          "groupLabels":{"alertname":"SlowCheckout"},"commonLabels":{"alertname":"SlowCheckout","severity":"critical","env":"prod"},
          "commonAnnotations":{"runbook_url":"https://wiki.test/slow-checkout"},"externalURL":"http://alertmanager.test:9093",
          "alerts":[
            {"status":"firing","labels":{"alertname":"SlowCheckout","severity":"critical","service":"checkout","pod":"checkout-1"},
             "annotations":{"summary":"p99 over 2 s"},"startsAt":"2026-03-01T10:00:00.123456789Z","endsAt":"0001-01-01T00:00:00Z",
             "generatorURL":"http://prometheus.test/graph?g0.expr=p99+%3E+2&g0.tab=1","fingerprint":"00000000000000a1"},
            {"status":"resolved","labels":{"alertname":"SlowCheckout","severity":"critical","service":"checkout","pod":"checkout-2"},
             "annotations":{"summary":"p99 over 2 s"},"startsAt":"2026-03-01T09:50:00Z","endsAt":"2026-03-01T09:58:00Z",
             "generatorURL":"http://prometheus.test/graph?g0.expr=p99+%3E+2&g0.tab=1","fingerprint":"00000000000000a2"}]}
        """);

    public static JsonObject GrafanaBody() => Json("""
        {"receiver":"opsbot","status":"firing","state":"alerting","orgId":1,"title":"[FIRING:1] Memory (blue)","version":"1","groupKey":"{}:{}",
          "groupLabels":{},"commonLabels":{"team":"blue"},"commonAnnotations":{},"externalURL":"https://grafana.test/","truncatedAlerts":0,
          "message":"a long text about the group",
          "alerts":[{"status":"firing","labels":{"alertname":"Memory","team":"blue","service_name":"cart","severity":"warning"},
            "annotations":{"description":"memory is nearly used up","runbook_url":"https://wiki.test/memory"},
            "startsAt":"2026-03-01T12:00:00.5+02:00","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://grafana.test/alerting/abc/edit",
            "fingerprint":"00000000000000b1","silenceURL":"https://grafana.test/alerting/silence/new?x=1",
            "dashboardURL":"https://grafana.test/d/1","panelURL":"https://grafana.test/d/1?viewPanel=2",
            "values":{"B":44.25,"C":1},"valueString":"[ var='B' value=44.25 ]"}]}
        """);

    public static JsonObject LegacyGrafanaBody(string state = "alerting") => Json($$"""
        {"dashboardId":1,"evalMatches":[{"value":100,"metric":"High value","tags":null}],"imageUrl":"https://grafana.test/img/1.png",
          "message":"queue is long","orgId":1,"panelId":2,"ruleId":7,"ruleName":"Queue length","ruleUrl":"https://grafana.test/d/q/queues?viewPanel=2",
          "state":"{{state}}","tags":{"service":"queue","severity":"warning"},"title":"[Alerting] Queue length"}
        """);

    public static JsonObject GitHubBody(string members) =>
        Json($$"""{ {{members}}, "repository":{"id":1,"full_name":"acme/cart"},"sender":{"login":"dev"} }""");

    public static JsonObject GitHubDeployment(string payload = "{}") => GitHubBody($$"""
        "action":"created","deployment":{{Deployment(payload)}}
        """);

    public static JsonObject GitHubDeploymentStatus(string state) => GitHubBody($$"""
        "action":"created","deployment_status":{"id":5,"state":"{{state}}","environment":"production","target_url":"https://ci.test/5",
          "created_at":"2026-03-01T10:05:00Z","updated_at":"2026-03-01T10:05:01Z"},"deployment":{{Deployment("{}")}}
        """);

    public static JsonObject GitHubRun(string action, string status, string? conclusion, string workflow = "tests") => GitHubBody($$"""
        "action":"{{action}}","workflow":{"name":"{{workflow}}","path":".github/workflows/ci.yml"},
        "workflow_run":{"id":90,"name":"{{workflow}}","run_attempt":2,"status":"{{status}}","conclusion":{{Quoted(conclusion)}},"head_sha":"abc123",
          "head_branch":"main","path":".github/workflows/ci.yml","html_url":"https://github.test/acme/cart/actions/runs/90",
          "created_at":"2026-03-01T10:00:00Z","run_started_at":"2026-03-01T10:01:00Z","updated_at":"2026-03-01T10:02:00Z"}
        """);

    public static JsonObject GitHubPush() => GitHubBody("""
        "ref":"refs/heads/main","before":"aaa111","after":"bbb222","created":false,"deleted":false,"forced":true,
        "compare":"https://github.test/acme/cart/compare/aaa...bbb","pusher":{"name":"dev"},
        "commits":[{"id":"bbb222","message":"Raise the pool size\n\nBecause.","added":["a.cs"],"removed":["b.cs"],"modified":["c.cs","a.cs"]}],
        "head_commit":{"id":"bbb222","message":"Raise the pool size\n\nBecause.","timestamp":"2026-03-01T11:00:00+01:00",
          "url":"https://github.test/acme/cart/commit/bbb222"}
        """);

    public static JsonObject CloudEvent(string type, string data, string id = "evt-1") => Json($$"""
        {"specversion":"1.0","id":"{{id}}","source":"/ci/main","type":"{{type}}","time":"2026-03-01T10:00:00Z","datacontenttype":"application/json",
          "data":{{data}} }
        """);

    /// <summary>A body of each sender that creates something.</summary>
    public static string WebhookBody(string source) => source switch
    {
        "pagerduty" => PagerDutyBody().ToJsonString(),
        "alertmanager" => AlertmanagerBody().ToJsonString(),
        "grafana" => GrafanaBody().ToJsonString(),
        "github" => GitHubPush().ToJsonString(),
        _ => CloudEvent("opsbot.alert.v1", AlertData()).ToJsonString(),
    };

    public static string AlertData(string status = "firing") =>
        $$"""{"key":"disk-7","status":"{{status}}","title":"Disk is full","service":"db","severity":"high","links":["https://x.test/1"]}""";

    private static string Deployment(string payload) => $$"""
        {"id":777,"url":"https://api.github.test/deployments/777","sha":"abc123","ref":"v1.2.3","task":"deploy","payload":{{payload}},
         "environment":"production","original_environment":"production","description":null,"creator":{"login":"dev"},
         "created_at":"2026-03-01T10:04:00Z","updated_at":"2026-03-01T10:04:00Z"}
        """;

    private static string Quoted(string? text) => text is null ? "null" : $"\"{text}\"";

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}

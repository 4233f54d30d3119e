"""What the senders say: change records, recorded commands and the ordered deliveries of the alert storm. Called by generate.py."""
from datetime import timedelta

from shop import ALERT, BASE, DECOY, DEPLOY, MINUTES, NAMESPACE, NEW, OLD, SERVICES, ago, hash_of, iso, pods

GUILTY_SHA, DECOY_SHA = "9c41e7d05b3a86f2c7d418aa60e95b13f2847cde", "27f0ab6691c85d3e4f7720b9d1c5e8836a4f09b2"
DIFF = """--- a/src/Pricing/OrderLine.cs
+++ b/src/Pricing/OrderLine.cs
@@ -11,4 +11,4 @@ public sealed class OrderLine
     public required decimal UnitPrice { get; init; }
     public required int Quantity { get; init; }
-    public Discount Discount { get; init; } = Discount.None;
+    public Discount? Discount { get; init; }
 }
"""


def incident(title, minutes, severity, service, labels):
    return {"id": title[0], "title": title[1], "startedAt": iso(ago(minutes)), "window": {"from": iso(ago(MINUTES)), "to": iso(BASE)},
            "source": "alertmanager", "service": service, "severity": severity, "labels": labels}


def changes(guilty):
    rows = [
        {"id": "config/payment-timeouts-88", "kind": "config", "service": "payment", "time": iso(ago(6 * 60 + 12)), "author": "d.okafor",
         "summary": "Raise the provider time-out from 4 s to 6 s", "files": ["config/payment.yaml"]},
        {"id": "deployment/880412", "kind": "deploy", "service": "catalog", "time": iso(ago(DECOY)), "version": "v1.48.2", "commit": DECOY_SHA,
         "author": "m.lindqvist", "summary": "Search: rank exact matches first", "files": ["src/search/rank.go"]},
    ]
    if guilty:
        rows.append(
            {"id": "deployment/880437", "kind": "deploy", "service": "checkout", "time": iso(ago(DEPLOY)), "version": "v2.14.0",
             "commit": GUILTY_SHA, "author": "r.haddad", "summary": "Pricing: drop the default discount of an order line", "diff": DIFF,
             "files": ["src/Pricing/OrderLine.cs", "src/Pricing/PriceCalculator.cs"],
             "oldInstances": pods("checkout", OLD), "newInstances": pods("checkout", NEW)})
    return rows


def commands(guilty):
    head = "%-34s %-7s %-9s %-16s %-6s %-12s %s" % ("NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE")
    lines = [head]
    for service, spec in SERVICES.items():
        for i, pod in enumerate(pods(service, NEW if guilty else OLD)):
            young = guilty and service == "checkout"
            lines.append("%-34s %-7s %-9s %-16s %-6s %-12s node-%s" % (
                pod, "1/1", "Running", "2 (%dm ago)" % (3 + i) if young else "0", "13m" if young else "6d",
                "10.42.%d.%d" % (i, 20 + hash_of(pod) % 200), spec[7][i]))
    rows = [{"command": "kubectl get pods -n %s -o wide" % NAMESPACE, "stdout": "\n".join(lines) + "\n", "exit": 0},
            {"command": "kubectl get nodes", "exit": 0,
             "stdout": "NAME     STATUS   ROLES    AGE   VERSION\n" + "".join("node-%s   Ready    <none>   91d   v1.32.2\n" % n for n in "abc")}]
    history = "deployment.apps/checkout\nREVISION  CHANGE-CAUSE\n41        release v2.13.3\n42        release v2.13.4\n"
    rows.append({"command": "kubectl -n %s rollout history deployment/checkout" % NAMESPACE, "exit": 0,
                 "stdout": history + ("43        release v2.14.0\n" if guilty else "") + "\n"})
    events = "LAST SEEN   TYPE      REASON              OBJECT                              MESSAGE\n"
    if guilty:
        new = pods("checkout", NEW)
        events += "13m         Normal    ScalingReplicaSet   deployment/checkout                 Scaled up replica set checkout-%s from 0 to 3\n" % NEW
        events += "12m         Normal    ScalingReplicaSet   deployment/checkout                 Scaled down replica set checkout-%s from 3 to 0\n" % OLD
        for i, pod in enumerate(new):
            events += "%-11s Warning   Unhealthy           pod/%-31s Liveness probe failed: HTTP probe failed with statuscode: 503\n" % ("%dm" % (3 + i), pod)
    rows.append({"command": "kubectl get events -n %s --sort-by=.lastTimestamp" % NAMESPACE, "exit": 0, "stdout": events})
    return rows


def github(service, number, version, sha, author, summary, created, status=None, finished=None):
    repository = {"id": 5200 + hash_of(service) % 90, "name": service, "full_name": "example-shop/" + service, "default_branch": "main",
                  "html_url": "https://github.example/example-shop/" + service}
    url = "https://api.github.example/repos/example-shop/%s/deployments/%d" % (service, number)
    deployment = {"url": url, "id": number, "sha": sha, "ref": version, "task": "deploy", "payload": {"service": service, "version": version},
                  "original_environment": "production", "environment": "production", "description": summary,
                  "creator": {"login": author, "type": "User"}, "created_at": iso(created), "updated_at": iso(created)}
    body = {"action": "created", "deployment": deployment, "repository": repository, "sender": {"login": author, "type": "User"}}
    if status:
        body["deployment_status"] = {
            "url": "%s/statuses/%d" % (url, number * 10 + 1), "id": number * 10 + 1, "state": status, "environment": "production",
            "description": "rollout finished", "creator": {"login": "deploy-bot", "type": "Bot"},
            "target_url": "https://ci.example/example-shop/%s/runs/%d" % (service, number),
            "created_at": iso(finished), "updated_at": iso(finished)}
    return body


def alert(name, service, severity, since, summary, description, expr, ended=None, **labels):
    labels = {"alertname": name, "environment": "production", "namespace": NAMESPACE, "service": service, "severity": severity, **labels}
    return {"status": "resolved" if ended else "firing", "labels": labels,
            "annotations": {"summary": summary, "description": description},
            "startsAt": iso(ago(since)), "endsAt": iso(ended) if ended else "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example:9090/graph?g0.expr=" + expr.replace(" ", "+"),
            "fingerprint": "%016x" % (hash_of("|".join("%s=%s" % kv for kv in sorted(labels.items()))) * 2654435761 % 2**64)}


def common(alerts, part):
    return {k: v for k, v in alerts[0][part].items() if all(a[part].get(k) == v for a in alerts)}


def group(alerts):
    name, service = alerts[0]["labels"]["alertname"], alerts[0]["labels"]["service"]
    status = "firing" if any(a["status"] == "firing" for a in alerts) else "resolved"
    return {"version": "4", "groupKey": '{}:{alertname="%s", service="%s"}' % (name, service), "truncatedAlerts": 0, "status": status,
            "receiver": "opsbot", "groupLabels": {"alertname": name, "service": service}, "commonLabels": common(alerts, "labels"),
            "commonAnnotations": common(alerts, "annotations"), "externalURL": "http://alertmanager.example:9093", "alerts": alerts}


def storm(ended=None):
    """The Alertmanager groups, in the order in which they arrive."""
    def per(name, service, severity, since, summary, description, expr, key, values):
        return group([alert(name, service, severity, since - 0.25 * i, summary.format(v), description.format(v), expr, ended, **{key: v})
                      for i, v in enumerate(values)])
    errors = 'sum(rate(http_requests_total{code=~"5.."}[5m])) by (service) / sum(rate(http_requests_total[5m])) by (service) > 0.05'
    p99 = "histogram_quantile(0.99, sum(rate(http_request_duration_seconds_bucket[5m])) by (le, service)) > 1"
    new = pods("checkout", NEW)
    return [
        per("HighErrorRate", "checkout", "critical", ALERT, "checkout answers {} with errors",
            "31 % of requests to {} fail, the objective is 1 %.", errors, "route", ["/orders", "/orders/preview", "/orders/quote"]),
        per("HighLatencyP99", "frontend", "warning", 7.5, "p99 of frontend {} above 1 s", "p99 of {} is 1.5 s.", p99, "route",
            ["/checkout", "/cart", "/order/confirm", "/order/preview"]),
        per("HighLatencyP99", "cart", "warning", 7.25, "p99 of cart {} above 0.5 s", "p99 of {} is 0.53 s.", p99, "route", ["/cart", "/preview", "/merge"]),
        per("RetryRateHigh", "frontend", "warning", 7.0, "frontend retries calls to {}", "A third of the calls to {} is a retry.",
            "rate(http_client_retries_total[5m]) > 2", "peer", ["checkout", "checkout-preview"]),
        per("HighErrorRate", "frontend", "critical", 6.75, "frontend answers {} with errors", "3.5 % of requests to {} fail.", errors, "route",
            ["/checkout", "/order/confirm"]),
        per("KubePodRestarting", "checkout", "warning", 6.0, "{} was restarted", "Pod {} failed its liveness probe.",
            "increase(kube_pod_container_status_restarts_total[10m]) > 1", "pod", new),
        per("PaymentTimeouts", "payment", "warning", 5.5, "payments from {} time out", "Orders from {} reach the payment step too late.",
            "rate(payment_step_timeouts_total[5m]) > 0.2", "channel", ["web", "app", "partner"]),
        per("RequestRateLow", "payment", "warning", 5.25, "payment gets fewer requests ({})", "28 % fewer requests of {} than a week ago.",
            "rate(http_requests_total[5m]) < 0.8 * rate(http_requests_total[5m] offset 1w)", "route", ["/charge", "/settle"]),
        per("RequestRateLow", "shipping", "info", 5.0, "shipping gets fewer requests ({})", "28 % fewer requests of {} than a week ago.",
            "rate(http_requests_total[5m]) < 0.8 * rate(http_requests_total[5m] offset 1w)", "route", ["/quote", "/label"]),
        per("RequestRateLow", "email", "info", 5.0, "email sends fewer messages ({})", "29 % fewer messages of {} than a week ago.",
            "rate(messages_sent_total[5m]) < 0.8 * rate(messages_sent_total[5m] offset 1w)", "template", ["receipt", "shipped"]),
        per("HighErrorRate", "cart", "warning", 4.5, "cart answers {} with errors", "2.3 % of requests to {} fail.", errors, "route", ["/preview", "/cart"]),
        per("ErrorBudgetBurn", "checkout", "critical", 4.0, "checkout burns its error budget ({})", "The budget of 30 days is gone within hours ({}).",
            "slo:burnrate > 14.4", "window", ["5m", "1h"]),
        per("ErrorBudgetBurn", "frontend", "critical", 3.5, "frontend burns its error budget ({})", "The budget of 30 days is gone within days ({}).",
            "slo:burnrate > 14.4", "window", ["5m", "1h"]),
        per("SyntheticOrderFailing", "frontend", "critical", 3.0, "synthetic order from {} fails", "Three of ten orders placed from {} fail.",
            "probe_success == 0", "site", ["ams", "fra", "arn"]),
    ]


def grafana(ended=None):
    rule = alert("CheckoutConversionDrop", "checkout", "high", 4.75, "Conversion of checkout fell by 28 %", "Orders per session against the last hour.",
                 "orders_per_session", ended)
    rule.update({"values": {"B": 0.71}, "silenceURL": "https://grafana.example/alerting/silence/new", "dashboardURL": "https://grafana.example/d/shop",
                 "panelURL": "https://grafana.example/d/shop?viewPanel=4"})
    return {**group([rule]), "version": "1", "orgId": 1, "state": "ok" if ended else "alerting",
            "title": "[%s:1] CheckoutConversionDrop" % ("RESOLVED" if ended else "FIRING"), "message": "Conversion of checkout fell by 28 %",
            "externalURL": "https://grafana.example/"}


def pagerduty(event, when, number):
    return {"event": {
        "id": "01SHOPDEMO%016X" % number, "event_type": "incident." + event, "resource_type": "incident", "occurred_at": iso(when),
        "agent": {"id": "PSHOPINT1", "summary": "Alertmanager", "type": "inbound_integration_reference"}, "client": None,
        "data": {"id": "QSHOPDEMO1", "type": "incident", "self": "https://api.pagerduty.example/incidents/QSHOPDEMO1",
                 "html_url": "https://shop.pagerduty.example/incidents/QSHOPDEMO1", "number": 4127,
                 "status": "resolved" if event == "resolved" else "triggered", "incident_key": "shop/checkout/HighErrorRate",
                 "created_at": iso(ago(ALERT - 0.5)), "title": "checkout: error rate above 5 %",
                 "service": {"id": "PSHOPCHK1", "summary": "checkout", "type": "service_reference", "html_url": "https://shop.pagerduty.example/services/PSHOPCHK1"},
                 "assignees": [], "escalation_policy": {"id": "PSHOPESC1", "summary": "Shop on-call", "type": "escalation_policy_reference"},
                 "teams": [], "priority": {"id": "PSHOPPRI1", "summary": "P1", "type": "priority_reference"}, "urgency": "high",
                 "conference_bridge": None, "resolve_reason": None}}}


def cloudevent(status, when, ended=None):
    data = {"status": status, "title": "Orders per minute below forecast", "service": "checkout", "severity": "high", "environment": "production",
            "summary": "31 % below the forecast", "fingerprint": "forecast-orders", "startedAt": iso(ago(4.25))}
    if ended:
        data["endedAt"] = iso(ended)
    return {"specversion": "1.0", "id": "forecast-orders-" + status, "source": "/shop/forecast", "type": "opsbot.alert.v1", "time": iso(when),
            "subject": "forecast-orders", "datacontenttype": "application/json", "data": data}


def deliver(sample, manifest, deliveries):
    """deliveries: (sender, GitHub's event or None, name, body, milliseconds after the demo's start)."""
    rows = []
    for i, (sender, event, name, body, after) in enumerate(deliveries, 1):
        file = "%s-%02d-%s.json" % (manifest, i, name)
        sample.json("webhooks/" + file, body)
        rows.append({"file": file, "as": sender, **({"event": event} if event else {}), "afterMs": after})
    sample.json("webhooks/%s.json" % manifest, rows)


def write_broken(sample):
    bundle(sample, ("checkout-deploy", "checkout answers 31 % of requests with errors"), ALERT, "critical", "checkout",
           {"alertname": "HighErrorRate", "service": "checkout", "namespace": NAMESPACE, "environment": "production"}, guilty=True)
    sample.json("truth.json", {"none": False, "causes": [{"service": "checkout", "kind": "deploy", "change": "deployment/880437"}],
                               "decoys": ["deployment/880412", "config/payment-timeouts-88"], "source": "deploy/samples/generate.py",
                               "licence": "Apache-2.0", "onset": iso(ago(13.25))})
    decoy = ("catalog", 880412, "v1.48.2", DECOY_SHA, "m.lindqvist", "Search: rank exact matches first", ago(DECOY))
    guilty = ("checkout", 880437, "v2.14.0", GUILTY_SHA, "r.haddad", "Pricing: drop the default discount of an order line", ago(DEPLOY))
    rows = [("github", "deployment", "github-catalog", github(*decoy), 0),
            ("github", "deployment_status", "github-catalog-done", github(*decoy, "success", ago(DECOY - 1.5)), 150),
            ("github", "deployment", "github-checkout", github(*guilty), 400),
            ("github", "deployment_status", "github-checkout-done", github(*guilty, "success", ago(DEPLOY - 1.75)), 600)]
    groups = storm()
    named = lambda g: "%s-%s" % (g["groupLabels"]["alertname"].lower(), g["groupLabels"]["service"])
    rows.append(("alertmanager", None, named(groups[0]), groups[0], 1500))
    rows.append(("pagerduty", None, "pagerduty-triggered", pagerduty("triggered", ago(ALERT - 0.5), 1), 1900))
    rows += [("alertmanager", None, named(g), g, 2300 + 350 * i) for i, g in enumerate(groups[1:])]
    rows.insert(14, ("grafana", None, "grafana-conversion", grafana(), 4950))
    rows.insert(16, ("cloudevents", None, "forecast", cloudevent("firing", ago(4.25)), 5450))
    rows.append(("alertmanager", None, "again-" + named(groups[0]), groups[0], 8000))
    deliver(sample, "delivery", sorted(rows, key=lambda r: r[4]))
    # what the resolved ones say must not lie after their delivery
    end = BASE + timedelta(milliseconds=500)
    rows = [("alertmanager", None, named(g), g, 1000 + 100 * i) for i, g in enumerate(storm(end))]
    rows += [("grafana", None, "grafana-conversion", grafana(end), 2500), ("cloudevents", None, "forecast", cloudevent("resolved", end, end), 2600),
             ("pagerduty", None, "pagerduty-resolved", pagerduty("resolved", end, 2), 2800)]
    deliver(sample, "resolve", rows)
    sample.json("sample.json", {"base": iso(BASE), "title": "A deploy broke checkout", "deliveries": "webhooks/delivery.json",
                                "resolve": "webhooks/resolve.json", "bundle": "bundle", "toy": True})


def write_quiet(sample):
    bundle(sample, ("quiet", "p99 of cart above its threshold for one evaluation"), 9.0, "warning", "cart",
           {"alertname": "HighLatencyP99", "service": "cart", "namespace": NAMESPACE, "environment": "production"}, guilty=False)
    sample.json("truth.json", {"none": True, "causes": [], "decoys": ["deployment/880412", "config/payment-timeouts-88"],
                               "source": "deploy/samples/generate.py", "licence": "Apache-2.0"})
    sample.json("sample.json", {"base": iso(BASE), "title": "Nothing is wrong", "bundle": "bundle"})


def bundle(sample, title, minutes, severity, service, labels, guilty):
    sample.json("bundle/incident.json", incident(title, minutes, severity, service, labels))
    sample.json("bundle/changes.json", changes(guilty))
    sample.lines("bundle/commands.jsonl", commands(guilty))

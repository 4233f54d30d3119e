using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.RootCause;
using OpsBot.Signals.Series;

namespace OpsBot.Diagnosis.Triage;

/// <summary>How well an anomaly fits the alert: on the way of what the alert named, of the kind it named, and not long before it.</summary>
internal static class AlertRelevance
{
    private const double OffTheWay = 0.5;
    private const double OtherSymptom = 0.75;
    private const double LeastFelt = 0.3;

    public static IReadOnlyList<Finding> Weigh(IReadOnlyList<Finding> findings, TriageCase triage)
    {
        var named = triage.Incident.Service;
        var known = named is not null && (triage.Graph.Callees(named).Count > 0 || triage.Graph.Callers(named).Count > 0);
        var kind = Kind(triage);
        var symptoms = findings
            .Where(finding => finding is { Role: AnomalyRole.Symptom, Service: not null })
            .GroupBy(finding => finding.Service!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Max(finding => finding.Score), StringComparer.Ordinal);
        return
        [
            .. findings.Select(finding => finding with
            {
                Score = finding.Score
                    * (known && finding.Service is { } service ? OnTheWay(service, finding, named!, triage.Graph, symptoms) : 1)
                    * (kind is { } asked && finding.Role == AnomalyRole.Symptom && finding.Kind != asked ? OtherSymptom : 1),
            }),
        ];
    }

    /// <summary>A symptom deep below that none of its callers shows does not reach the alert.</summary>
    private static double OnTheWay(string service, Finding finding, string named, ServiceGraph graph, Dictionary<string, double> symptoms)
    {
        if (graph.Distance(named, service) is not { } distance)
        {
            return OffTheWay;
        }

        if (distance <= 1 || finding.Role != AnomalyRole.Symptom)
        {
            return 1;
        }

        var felt = graph.Callers(service).Where(caller => graph.Distance(named, caller) < distance).Max(caller => symptoms.GetValueOrDefault(caller));
        return felt >= LeastFelt * finding.Score ? 1 : OffTheWay;
    }

    /// <summary>Latency or errors, where the alert's labels or title say which.</summary>
    public static CauseKind? Kind(TriageCase triage)
    {
        var texts = triage.Incident.Labels.Where(label => label.Key is "metric" or "alertname" or "monitor" or "name").Select(label => label.Value);
        var kinds = texts.Append(triage.Incident.Title).Select(text => MetricMeaning.Of(text)).Where(meaning => meaning.Role == MetricRole.Symptom).ToList();
        return kinds.Count == 0 ? null : kinds[0].Kind;
    }
}

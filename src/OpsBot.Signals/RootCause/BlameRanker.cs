namespace OpsBot.Signals.RootCause;

/// <summary>
/// Ranks services by what speaks against them. Symptoms travel from callee to caller, so a symptom counts in full only where no callee
/// shows one as clear; what a service does by itself (own time, resources, failures that begin there) counts in full.
/// Pure and independent of the order of its inputs.
/// </summary>
public static class BlameRanker
{
    /// <summary>Of anomalies that say the same (one role of one instance) the clearest counts; others of the service add less and less.</summary>
    private const double Decay = 0.5;

    /// <summary>Share of a symptom that a callee as clear takes away.</summary>
    private const double ExplainedByCallee = 0.8;

    /// <summary>A callee that went bad this much later than its caller explains nothing.</summary>
    private static readonly TimeSpan OnsetTolerance = TimeSpan.FromMinutes(2);

    /// <summary>Suspects, most blamed first; services without any anomaly are not listed.</summary>
    public static IReadOnlyList<Suspect> Rank(IEnumerable<Anomaly> anomalies, ServiceGraph graph)
    {
        var byService = anomalies
            .SelectMany(anomaly => Owners(anomaly, graph))
            .GroupBy(owned => owned.Service, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(owned => owned.Anomaly).ToList(), StringComparer.Ordinal);
        return
        [
            .. byService
                .Select(entry => Judge(entry.Key, entry.Value, graph, byService))
                .Where(suspect => suspect.Score > 0)
                .OrderByDescending(suspect => suspect.Score)
                .ThenBy(suspect => suspect.Service, StringComparer.Ordinal),
        ];
    }

    /// <summary>How much a role says about where the fault is.</summary>
    private static double Trust(AnomalyRole role) => role switch
    {
        AnomalyRole.OwnTime or AnomalyRole.Link or AnomalyRole.ErrorOrigin => 1.3,
        AnomalyRole.Resource or AnomalyRole.Symptom or AnomalyRole.Behaviour or AnomalyRole.Log => 1,
        AnomalyRole.Other => 0.6,
        AnomalyRole.Outbound or AnomalyRole.Node => 0.3,
        _ => 0.2,
    };

    private static bool Travels(AnomalyRole role) => role is AnomalyRole.Symptom or AnomalyRole.Behaviour or AnomalyRole.Log;

    private static IEnumerable<(string Service, Anomaly Anomaly)> Owners(Anomaly anomaly, ServiceGraph graph)
    {
        if (anomaly.Service is { } service)
        {
            return [(service, anomaly)];
        }

        return anomaly.Node is { } node ? graph.Guests(node).Select(guest => (guest, anomaly)) : [];
    }

    private static Suspect Judge(string service, List<Anomaly> own, ServiceGraph graph, Dictionary<string, List<Anomaly>> all)
    {
        var clearest = own
            .Select(anomaly => new WeightedAnomaly(anomaly, Trust(anomaly.Role) * anomaly.Score * (1 - Explained(anomaly, service, graph, all))))
            .GroupBy(weighted => (weighted.Anomaly.Role, weighted.Anomaly.Kind))
            .Select(group => group.OrderByDescending(weighted => weighted.Weight).ThenBy(weighted => weighted.Anomaly.Metric, StringComparer.Ordinal).First())
            .OrderByDescending(weighted => weighted.Weight)
            .ThenBy(weighted => weighted.Anomaly.Role)
            .ToList();
        var score = clearest.Select((weighted, rank) => weighted.Weight * Math.Pow(Decay, rank)).Sum();
        return new Suspect(service, score, clearest);
    }

    private static double Explained(Anomaly symptom, string service, ServiceGraph graph, Dictionary<string, List<Anomaly>> all)
    {
        if (!Travels(symptom.Role) || symptom.Score <= 0)
        {
            return 0;
        }

        // failures surface in whoever does not catch them, however far above
        var below = symptom.Role == AnomalyRole.Symptom ? graph.Callees(service) : graph.Below(service);
        return ExplainedByCallee * below
            .SelectMany(callee => all.GetValueOrDefault(callee) ?? [])
            .Where(anomaly => SameSort(anomaly.Role, symptom.Role) && InTime(anomaly, symptom))
            .Select(anomaly => Covers(anomaly, symptom))
            .DefaultIfEmpty(0)
            .Max();
    }

    private static bool SameSort(AnomalyRole callee, AnomalyRole caller) => caller == AnomalyRole.Symptom
        ? callee == AnomalyRole.Symptom
        : callee is AnomalyRole.Behaviour or AnomalyRole.Log or AnomalyRole.ErrorOrigin or AnomalyRole.Link or AnomalyRole.OwnTime;

    /// <summary>A callee cannot add more to its caller than it took longer itself, however clear it is.</summary>
    private static double Covers(Anomaly callee, Anomaly caller)
    {
        var clear = Math.Min(1, callee.Score / caller.Score);
        var enough = callee.Delta is { } less && caller.Delta is { } more && more != 0 && string.Equals(callee.Metric, caller.Metric, StringComparison.Ordinal)
            ? Math.Min(1, Math.Abs(less / more))
            : 1;
        return clear * enough;
    }

    private static bool InTime(Anomaly callee, Anomaly caller) =>
        callee.OnsetMs is not { } first || caller.OnsetMs is not { } second || first <= second + OnsetTolerance.TotalMilliseconds;
}

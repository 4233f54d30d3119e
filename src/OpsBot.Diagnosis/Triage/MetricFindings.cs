using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.RootCause;
using OpsBot.Signals.Series;

namespace OpsBot.Diagnosis.Triage;

/// <summary>Metrics that shifted.</summary>
internal static class MetricFindings
{
    /// <summary>Less clear than this is not reported.</summary>
    private const double Weakest = 0.35;

    /// <summary>A resource or an amount that fell is more often an effect.</summary>
    private const double WrongWay = 0.4;

    public static IReadOnlyList<Finding> Find(TriageCase triage) =>
        Materiality.Weigh([.. triage.Seen.Metrics.Select(series => Judge(series, triage.Search)).OfType<Finding>()], triage);

    private static Finding? Judge(MetricSeries series, OnsetSearch search)
    {
        var meaning = MetricMeaning.Of(series.Metric);
        var shift = ShiftDetector.Find(series.Times, series.Values, search);
        var score = shift.Score;
        if (shift.Samples > 0 && !meaning.IsBad(shift.Before, shift.During))
        {
            if (meaning.Role == MetricRole.Symptom)
            {
                // it got better, but part of the search may have got worse: look again that way only
                shift = ShiftDetector.Find(series.Times, series.Values, search, meaning.Bad);
                score = shift.Score;
            }
            else
            {
                score *= WrongWay;
            }
        }

        if (score < Weakest)
        {
            return null;
        }

        return new Finding(
            series.Owner == MetricOwner.Edge ? series.Peer ?? series.Service : series.Service,
            series.Owner == MetricOwner.Edge ? null : series.Instance,
            series.Owner == MetricOwner.Node ? series.Instance ?? series.Service : null,
            meaning.Kind, Role(series, meaning), series.Metric, score, shift.OnsetMs,
            Wording.Shift(series, shift), new Exhibit(
                EvidenceSourceKind.Metrics, series.Query, shift.OnsetMs, Wording.Shift(series, shift), TrustLabel.System,
                () => Charts.Of(series, shift)), shift.During - shift.Before)
        {
            Before = shift.Before,
        };
    }

    private static AnomalyRole Role(MetricSeries series, MetricMeaning meaning)
    {
        if (series.Owner == MetricOwner.Node || meaning.OfNode)
        {
            return AnomalyRole.Node;
        }

        return meaning.Role switch
        {
            MetricRole.Resource => AnomalyRole.Resource,
            MetricRole.Symptom => meaning.Outbound ? AnomalyRole.Outbound : AnomalyRole.Symptom,
            MetricRole.Traffic => AnomalyRole.Traffic,
            _ => AnomalyRole.Other,
        };
    }
}

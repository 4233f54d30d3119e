using System.Globalization;
using OpsBot.Contracts.Apis;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.LogTemplates;

namespace OpsBot.Diagnosis.Triage;

/// <summary>A new error of a service that names what a change took out of its provider's API.</summary>
/// <param name="Strength">0 to 1.</param>
/// <param name="Line">The error as it was logged; not fit to be shown.</param>
/// <param name="After">How long after what.</param>
/// <param name="Exhibit">The error.</param>
internal sealed record ContractJoin(ApiChange Broken, string Caller, double Strength, string Line, string Word, string After, Exhibit Exhibit)
{
    /// <summary>The two together, as one would tell a colleague.</summary>
    /// <param name="clean">Makes text fit to be shown. Before it is cut: half of a secret is no longer known for one.</param>
    public string Sentence(Func<string, string> clean) => $"{Caller} began to log '{ContractWords.Quote(clean(Line), Word)}' {After}";
}

/// <summary>Looks for errors that began after a change and speak of what it broke. Where no change has anything of the sort there is nothing to look for.</summary>
internal static class ContractJoins
{
    private const int MostJoins = 3;
    private const double Weakest = 0.3;
    private const double LeastSeverity = 0.8;

    /// <summary>A breach that only may hurt, and did.</summary>
    private const double MaybeBroken = 0.8;

    /// <summary>Who is not known to call the provider may do so all the same.</summary>
    private const double NoKnownCaller = 0.6;

    /// <summary>A deploy is often told of a moment after its first instance is there.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Latest = TimeSpan.FromHours(3);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(90);

    public static IReadOnlyDictionary<ChangeCandidate, IReadOnlyList<ContractJoin>> Find(TriageCase triage, IReadOnlyList<ChangeCandidate> candidates)
    {
        var found = new Dictionary<ChangeCandidate, IReadOnlyList<ContractJoin>>(ReferenceEqualityComparer.Instance);
        var breaking = candidates.Where(candidate => candidate.Service is not null && candidate.Record.Contracts.Any(contract => contract.Changes.Count > 0)).ToList();
        if (breaking.Count == 0)
        {
            return found;
        }

        var errors = NewErrors.Of(triage.Seen).Where(error => Severity.Of(error.Level, error.Text) >= LeastSeverity).ToList();
        foreach (var candidate in breaking)
        {
            List<ContractJoin> joins =
            [
                .. errors.Where(error => IsAfter(error, candidate)).Select(error => Best(triage, candidate, error)).OfType<ContractJoin>()
                    .OrderByDescending(join => join.Strength).ThenBy(join => join.Caller, StringComparer.Ordinal).ThenBy(join => join.Line, StringComparer.Ordinal)
                    .DistinctBy(join => join.Caller).Take(MostJoins),
            ];
            if (joins.Count > 0)
            {
                found[candidate] = joins;
            }
        }

        return found;
    }

    private static bool IsAfter(NewError error, ChangeCandidate change)
    {
        var at = change.At.ToUnixTimeMilliseconds();
        // what was not watched before the change may have been there before it
        return error.FirstMs is not { } first || (error.WatchedFromMs < at && first >= at - (long)Early.TotalMilliseconds && first - at <= (long)Latest.TotalMilliseconds);
    }

    private static ContractJoin? Best(TriageCase triage, ChangeCandidate candidate, NewError error) =>
        candidate.Record.Contracts.SelectMany(contract => contract.Changes)
            .Select(broken => (Broken: broken, Match: ContractWords.Match(broken, error.Text)))
            .Where(each => each.Match is not null)
            .Select(each => (each.Broken, Match: each.Match!, Strength: Strength(triage, candidate, error, each.Broken, each.Match!)))
            .Where(each => each.Strength >= Weakest)
            .OrderByDescending(each => each.Strength).ThenByDescending(each => each.Match.Word.Length).ThenBy(each => each.Broken.Path, StringComparer.Ordinal)
            .Select(each => new ContractJoin(each.Broken, error.Service, each.Strength, error.Text, each.Match.Word, After(candidate, error, each.Broken), error.Exhibit))
            .FirstOrDefault();

    private static double Strength(TriageCase triage, ChangeCandidate candidate, NewError error, ApiChange broken, WordMatch match)
    {
        var lag = error.FirstMs is { } first ? Math.Max(0, (DateTimeOffset.FromUnixTimeMilliseconds(first) - candidate.At) / Memory) : 0.5;
        var provider = candidate.Service!;
        var related = string.Equals(error.Service, provider, StringComparison.OrdinalIgnoreCase)
            || triage.Graph.Callers(provider).Count == 0 || triage.Graph.Distance(error.Service, provider) is not null;
        return match.Weight * Math.Exp(-lag) * (broken.Severity == ApiChangeSeverity.Breaking ? 1 : MaybeBroken) * (related ? 1 : NoKnownCaller);
    }

    private static string After(ChangeCandidate candidate, NewError error, ApiChange broken)
    {
        var provider = candidate.Record.Version is { Length: > 0 } version ? $"{candidate.Service} {version}" : candidate.Service;
        var lag = error.FirstMs is { } first ? Lag(DateTimeOffset.FromUnixTimeMilliseconds(first) - candidate.At) + " " : "";
        return $"{lag}after {provider} {broken.Did("it")}";
    }

    private static string Lag(TimeSpan lag) => lag switch
    {
        { TotalSeconds: < 1 } => "right",
        { TotalSeconds: < 90 } => Counted((int)Math.Round(lag.TotalSeconds), "second"),
        { TotalMinutes: < 90 } => Counted((int)Math.Round(lag.TotalMinutes), "minute"),
        _ => Counted((int)Math.Round(lag.TotalHours), "hour"),
    };

    private static string Counted(int number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}{(number == 1 ? "" : "s")}");
}

/// <summary>An error that nothing had been seen of before.</summary>
/// <param name="FirstMs">Null where the source counts without times.</param>
/// <param name="WatchedFromMs">Since when its absence would have been seen.</param>
internal sealed record NewError(string Service, string? Level, string Text, long? FirstMs, long WatchedFromMs, Exhibit Exhibit);

internal static class NewErrors
{
    /// <summary>One for each service and template, from its first line on any instance.</summary>
    public static IEnumerable<NewError> Of(Evidence.Observations seen) =>
    [
        .. seen.Logs.SelectMany(digest => digest.Templates.Where(count => count is { Service: not null, FirstMs: not null }).Select(count => (Digest: digest, Count: count)))
            .GroupBy(each => (each.Count.Service, each.Count.Template))
            .Select(group => group.MinBy(each => each.Count.FirstMs))
            .Select(first => Timed(first.Digest, first.Count)),
        .. seen.Patterns.Where(pattern => pattern is { Service: not null, DeltaVsBaseline: > 0 } && pattern.DeltaVsBaseline >= pattern.Count)
            .Select(pattern => new NewError(
                pattern.Service!, null, pattern.Signature, null, 0,
                new Exhibit(EvidenceSourceKind.Logs, pattern.Query, null, $"log cluster of {pattern.Service}, not in the baseline: {pattern.Signature}", TrustLabel.Untrusted))),
    ];

    private static NewError Timed(LogDigest digest, TemplateCount count)
    {
        var text = count.Samples is [var first, ..] ? first : count.Template;
        return new NewError(
            count.Service!, count.Level, text, count.FirstMs, digest.FromMs,
            new Exhibit(
                EvidenceSourceKind.Logs, count.Query, count.FirstMs,
                $"log line of {count.Instance ?? count.Service}, first at {Wording.Clock(count.FirstMs!.Value)}, {count.Total} lines: {count.Template}\n{string.Join('\n', count.Samples)}",
                TrustLabel.Untrusted));
    }
}

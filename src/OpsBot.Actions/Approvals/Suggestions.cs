using System.Text.RegularExpressions;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Policy;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Actions.Approvals;

/// <summary>What a watch finds wrong.</summary>
/// <param name="Kind"><c>hang</c>, <c>fault-gpu-out-of-memory</c>, …</param>
/// <param name="Facts">By name without the <c>watch.</c> in front: <c>job</c>.</param>
public sealed record WatchedFinding(string Kind, string Text, IReadOnlyDictionary<string, string> Facts);

/// <summary>Which actions of the catalog answer a diagnosis, and what watches find. Pure.</summary>
public static partial class Suggestions
{
    public const int Most = 3;

    /// <summary>In the order of the causes, at most <see cref="Most"/>. A cause that lacks what an argument needs suggests nothing.</summary>
    /// <param name="changes">Changes among which a cause's change may be found, for its version.</param>
    public static IReadOnlyList<ProposalRequest> For(
        IReadOnlyList<ActionDefinition> catalog, Incident incident, DiagnosisReport report, IReadOnlyList<DeployReported> changes)
    {
        var found = new List<ProposalRequest>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cause in report.Causes.OrderBy(cause => cause.Rank))
        {
            foreach (var action in catalog)
            {
                if (action.Suggest.FirstOrDefault(suggestion => Fits(suggestion, cause)) is { } fits
                    && Arguments(fits, Facts(cause, incident, changes)) is { } arguments
                    && seen.Add(Key(action, arguments)))
                {
                    found.Add(new ProposalRequest(
                        action.Name, [arguments], Actors.OpsBot, cause.Statement, cause.Evidence, incident.Id, incident.Environment));
                }
            }
        }

        return [.. found.Take(Most)];
    }

    /// <summary>Which actions answer what watches find wrong; at most <see cref="Most"/>. One that lacks what an argument needs suggests nothing.</summary>
    public static IReadOnlyList<ProposalRequest> For(IReadOnlyList<ActionDefinition> catalog, Incident incident, IReadOnlyList<WatchedFinding> findings)
    {
        var found = new List<ProposalRequest>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var finding in findings)
        {
            var facts = finding.Facts.ToDictionary(fact => $"watch.{fact.Key}", fact => (string?)fact.Value, StringComparer.Ordinal);
            facts["incident.environment"] = incident.Environment;
            foreach (var action in catalog)
            {
                if (action.Suggest.FirstOrDefault(suggestion => suggestion.Findings is { } wanted && Glob.MatchesAny(wanted, finding.Kind)) is { } fits
                    && Arguments(fits, facts) is { } arguments
                    && seen.Add(Key(action, arguments)))
                {
                    found.Add(new ProposalRequest(action.Name, [arguments], Actors.OpsBot, finding.Text, [], incident.Id, incident.Environment));
                }
            }
        }

        return [.. found.Take(Most)];
    }

    private static string Key(ActionDefinition action, Dictionary<string, string> arguments) =>
        $"{action.Name}\n{string.Join('\n', arguments.OrderBy(pair => pair.Key, StringComparer.Ordinal))}";

    private static bool Fits(Suggestion suggestion, Cause cause) =>
        suggestion.Findings is null
        && cause.Confidence >= suggestion.MinConfidence
        && (suggestion.Kinds.Count == 0 || suggestion.Kinds.Contains(cause.Kind))
        && (suggestion.Services.Count == 0 || (cause.Service is { } service && Glob.MatchesAny(suggestion.Services, service)));

    private static Dictionary<string, string?> Facts(Cause cause, Incident incident, IReadOnlyList<DeployReported> changes) => new(StringComparer.Ordinal)
    {
        ["cause.service"] = cause.Service,
        ["cause.instance"] = cause.Instance,
        ["cause.object"] = cause.Object,
        ["cause.change"] = cause.Change,
        ["change.version"] = cause.Change is null ? null : changes.FirstOrDefault(change => $"{change.Source}:{change.ChangeKey}" == cause.Change)?.Version,
        ["incident.environment"] = incident.Environment,
    };

    private static Dictionary<string, string>? Arguments(Suggestion suggestion, Dictionary<string, string?> facts)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, template) in suggestion.Arguments)
        {
            var missing = false;
            arguments[name] = Placeholder().Replace(template, match =>
            {
                var value = facts.GetValueOrDefault(match.Groups["name"].Value);
                missing |= string.IsNullOrEmpty(value);
                return value ?? "";
            });
            if (missing)
                return null;
        }

        return arguments;
    }

    [GeneratedRegex(@"\{(?<name>[^{}]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}

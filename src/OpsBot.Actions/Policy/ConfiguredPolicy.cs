using System.Globalization;
using Microsoft.Extensions.Options;
using OpsBot.Actions.Catalog;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Actions.Policy;

/// <summary>The rules of the configuration. A pure function of what is asked and the time.</summary>
internal sealed class ConfiguredPolicy : IActionPolicy
{
    private const int LeastForIrreversible = 2;

    private readonly PolicyOptions _options;
    private readonly List<FreezeWindow> _freezes;

    /// <exception cref="OptionsValidationException">The configuration does not hold.</exception>
    public ConfiguredPolicy(IOptions<PolicyOptions> options) : this(options.Value)
    {
    }

    internal ConfiguredPolicy(PolicyOptions options)
    {
        _options = options;
        _freezes = [.. options.Freezes.Select(freeze => new FreezeWindow(freeze))];
    }

    public PolicyVerdict Judge(ActionDefinition action, IReadOnlyList<BlastRadius> blasts, string environment, DateTimeOffset now)
    {
        var rules = Rules(action, blasts, environment).ToList();
        if (rules.Count == 0)
        {
            rules.Add((_options.Default, _options.Default == PolicyDecision.Allow ? "no rule is against it" : "no rule allows it"));
        }

        List<(PolicyDecision Decision, string Reason)> said = [.. Freezes(action, environment, now), .. Limits(blasts), .. rules];
        var decision = said.Max(one => one.Decision);
        var irreversible = action.Risk == ActionRisk.Irreversible;
        var quorum = Math.Max(action.Approval.Quorum, irreversible ? LeastForIrreversible : 1) + (decision == PolicyDecision.Ask ? 1 : 0);
        var reasons = said.Where(one => one.Decision == decision).Select(one => one.Reason).Distinct(StringComparer.Ordinal);
        return new PolicyVerdict(decision, quorum, action.Approval.Roles, string.Join("; ", reasons));
    }

    private IEnumerable<(PolicyDecision, string)> Freezes(ActionDefinition action, string environment, DateTimeOffset now) =>
        from freeze in _freezes
        where freeze.Concerns(action.Name, environment)
        let end = freeze.EndAt(now)
        where end is not null
        select (PolicyDecision.Deny, $"frozen until {end.Value.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC: {freeze.Reason}");

    private IEnumerable<(PolicyDecision, string)> Limits(IReadOnlyList<BlastRadius> blasts)
    {
        foreach (var limit in _options.Limits)
        {
            var concerned = blasts.Where(blast => blast.Tier is null || Glob.MatchesAny(limit.Tiers, blast.Tier)).ToList();
            if (concerned.Count == 0)
            {
                continue;
            }

            var because = limit.Reason is { } reason ? $" ({reason})" : "";
            var where = limit.Tiers.Count == 0 ? "" : $" in {string.Join(", ", limit.Tiers)}";
            var count = concerned.Sum(blast => (long)blast.Count);
            if (count > limit.MaxCount)
            {
                yield return (PolicyDecision.Deny, string.Create(CultureInfo.InvariantCulture, $"it touches {count}{where}; at most {limit.MaxCount} are allowed{because}"));
            }

            if (limit.MaxShare is not { } most)
            {
                continue;
            }

            // runs of one proposal may touch different things of one whole, so their shares add up
            var share = concerned.Sum(blast => blast.Share ?? 0);
            if (share > most)
            {
                yield return (PolicyDecision.Deny, string.Create(CultureInfo.InvariantCulture, $"it touches {share:0.##} of all{where}; at most {most:0.##} is allowed{because}"));
            }
            else if (concerned.Exists(blast => blast.Share is null))
            {
                yield return (PolicyDecision.Ask, string.Create(CultureInfo.InvariantCulture, $"nobody says which share of all it touches{where}; at most {most:0.##} is allowed{because}"));
            }
        }
    }

    private IEnumerable<(PolicyDecision, string)> Rules(ActionDefinition action, IReadOnlyList<BlastRadius> blasts, string environment) =>
        from rule in _options.Rules
        let match = rule.Match
        let decision = rule.Decision!.Value
        where Glob.MatchesAny(match.Actions, action.Name) && EnvironmentMatches(match.Environments, environment, decision)
            && (match.Risk.Count == 0 || match.Risk.Contains(action.Risk == ActionRisk.Irreversible ? RiskOption.Irreversible : RiskOption.Reversible))
            && TierMatches(match.Tiers, blasts, decision)
        select (decision, rule.Reason);

    /// <summary>Where nobody says where it would run, what forbids or asks in any environment holds, and what allows in some does not.</summary>
    private static bool EnvironmentMatches(List<string> environments, string environment, PolicyDecision decision) =>
        environment.Length == 0 && environments.Count > 0 ? decision != PolicyDecision.Allow : Glob.MatchesAny(environments, environment);

    /// <summary>What forbids holds as soon as one run may be meant; what allows only where every run is.</summary>
    private static bool TierMatches(List<string> tiers, IReadOnlyList<BlastRadius> blasts, PolicyDecision decision) =>
        tiers.Count == 0
        || (decision == PolicyDecision.Allow
            ? blasts.All(blast => blast.Tier is not null && Glob.MatchesAny(tiers, blast.Tier))
            : blasts.Any(blast => blast.Tier is null || Glob.MatchesAny(tiers, blast.Tier)));
}

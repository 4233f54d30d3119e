using System.Text.RegularExpressions;

namespace OpsBot.Actions.Catalog;

/// <summary>What must hold of the causes for which an action is proposed.</summary>
internal static partial class SuggestionRules
{
    /// <summary>What <c>{…}</c> may name in the arguments of a suggestion.</summary>
    public static readonly IReadOnlySet<string> Facts = new HashSet<string>(StringComparer.Ordinal)
    {
        "cause.service", "cause.instance", "cause.object", "cause.change", "change.version", "incident.environment",
    };

    /// <summary>The same where the suggestion is for what a watch finds.</summary>
    public static readonly IReadOnlySet<string> FindingFacts = new HashSet<string>(StringComparer.Ordinal)
    {
        "watch.job", "watch.name", "watch.user", "watch.environment", "watch.step", "watch.best-step", "watch.node", "incident.environment",
        // of canaries
        "watch.service", "watch.version", "watch.commit", "watch.namespace", "watch.rollout", "watch.application", "watch.cluster", "watch.podHash", "watch.stablePodHash",
        "watch.canaryInstances", "watch.baselineInstances", "watch.metric",
    };

    public static IEnumerable<string> Problems(string action, ActionOptions options)
    {
        for (var i = 0; i < options.Suggest.Count; i++)
        {
            var (suggestion, key) = (options.Suggest[i], $"{action}.suggest[{i}]");
            var known = suggestion.Findings.Count > 0 ? FindingFacts : Facts;
            if (suggestion.Findings.Count > 0 && (suggestion.Kinds.Count > 0 || suggestion.Services.Count > 0))
            {
                yield return $"{key}: findings are of watches, kinds and services of causes; write two suggestions.";
            }

            foreach (var (name, text) in suggestion.Arguments)
            {
                if (name == options.Loop?.Over)
                {
                    yield return $"{key}.arguments: '{name}' comes from the loop's own values; leave it out.";
                }
                else if (!options.Parameters.Keys.Contains(name, StringComparer.Ordinal))
                {
                    yield return $"{key}.arguments: '{name}' is no parameter; there are {CatalogRules.Listed(options.Parameters.Keys)}.";
                }

                foreach (Match fact in Fact().Matches(text))
                {
                    if (!known.Contains(fact.Groups["name"].Value))
                    {
                        yield return $"{key}.arguments: {name} asks for {{{fact.Groups["name"].Value}}}; known are {string.Join(", ", known)}.";
                    }
                }
            }

            foreach (var missing in options.Parameters.Where(pair => pair.Value.Default is null && pair.Key != options.Loop?.Over && !suggestion.Arguments.Keys.Contains(pair.Key, StringComparer.Ordinal)))
            {
                yield return $"{key}.arguments: says nothing of '{missing.Key}', which has no default.";
            }
        }
    }

    [GeneratedRegex(@"\{(?<name>[^{}]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fact();
}

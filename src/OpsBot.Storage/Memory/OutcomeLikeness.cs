using System.Globalization;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;
using OpsBot.Runtime.Text;

namespace OpsBot.Storage.Memory;

/// <summary>How an earlier incident resembles one that stands, in words.</summary>
/// <param name="Score">Above 1 by the number of alerts they share; up to 1 by the words of their titles.</param>
internal sealed record OutcomeLikeness(double Score, string Words)
{
    /// <summary>Least share of common words in the titles where no alert is the same.</summary>
    public const double LeastWords = 0.3;

    /// <summary>Null where they do not resemble each other.</summary>
    /// <param name="likeliest">Kind of the likeliest cause of the incident; null while it is not diagnosed or no cause is named.</param>
    /// <param name="sharedAlerts">Alerts (fingerprints) that both have, in the same environment.</param>
    public static OutcomeLikeness? Of(Incident incident, CauseKind? likeliest, Outcome earlier, int sharedAlerts)
    {
        if (sharedAlerts > 0)
        {
            return new(1 + sharedAlerts, sharedAlerts == 1
                ? "the same alert"
                : string.Create(CultureInfo.InvariantCulture, $"{sharedAlerts} of the same alerts"));
        }

        if (incident.Service is not { Length: > 0 } service
            || !string.Equals(service, earlier.Service, StringComparison.OrdinalIgnoreCase)
            || !string.Equals(incident.Environment, earlier.Environment, StringComparison.OrdinalIgnoreCase)
            || likeliest is null or CauseKind.Unknown
            || earlier.Causes.Count == 0 || earlier.Causes[0].Kind != likeliest)
        {
            return null;
        }

        var words = TextTokens.Similarity(TextTokens.Of(incident.Title, null), TextTokens.Of(earlier.Title, null));
        return words < LeastWords
            ? null
            : new(words, $"same service and similar words, same kind of cause ({likeliest.Value.ToString().ToLowerInvariant()})");
    }
}

using System.Text;
using System.Text.RegularExpressions;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.PagerDuty;

/// <summary>
/// Which alert it is, across incidents. PagerDuty gives each incident a new id, so the alert is told by what its integration groups by
/// (incident_key) or, where PagerDuty made that key up, by service and title without what differs from one time to the next.
/// </summary>
internal static partial class PagerDutyFingerprint
{
    public static string Of(string? incidentKey, string? service, string title) =>
        Bounds.Sha256(Encoding.UTF8.GetBytes(
            incidentKey is { } key && !MadeUp().IsMatch(key) ? $"key\n{service}\n{key}" : $"title\n{service}\n{Normalised(title)}"))[..32];

    /// <summary>A title in lower case, with counters such as <c>[FIRING:2]</c> and <c>[#33]</c> gone and ids and long numbers as <c>#</c>.</summary>
    internal static string Normalised(string title) =>
        Spaces().Replace(Ids().Replace(Counters().Replace(title, " "), "#"), " ").Trim().ToLowerInvariant();

    [GeneratedRegex(@"\A(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z", RegexOptions.None, 500)]
    private static partial Regex MadeUp();

    [GeneratedRegex(@"\[(?:FIRING|RESOLVED|#)[:\d]*\]", RegexOptions.IgnoreCase, 500)]
    private static partial Regex Counters();

    [GeneratedRegex(@"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{12,64}\b|\b[0-9]{5,}\b", RegexOptions.IgnoreCase, 500)]
    private static partial Regex Ids();

    [GeneratedRegex(@"\s+", RegexOptions.None, 500)]
    private static partial Regex Spaces();
}

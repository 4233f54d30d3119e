using System.Globalization;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Incidents;

namespace OpsBot.Chat.Cards;

/// <summary>How states, times and numbers are written in front of people, on every surface alike.</summary>
public static class Wording
{
    /// <summary><c>2026-11-22 10:02:11 UTC</c>.</summary>
    public static string Utc(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary><c>10:02:11</c>, for lines whose day is plain from what is around them.</summary>
    public static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The two largest units: <c>4 d 3 h</c>, <c>12 min 5 s</c>, <c>0 s</c>. A negative length is <c>0 s</c>.</summary>
    public static string Length(TimeSpan length)
    {
        if (length < TimeSpan.Zero) length = TimeSpan.Zero;
        if (length.TotalDays >= 1) return Two((int)length.TotalDays, "d", length.Hours, "h");
        if (length.TotalHours >= 1) return Two(length.Hours, "h", length.Minutes, "min");
        if (length.TotalMinutes >= 1) return Two(length.Minutes, "min", length.Seconds, "s");
        return string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalSeconds} s");
    }

    /// <summary>Whole per cent; never 0 or 100, because nobody is that sure. <c>?</c> for what is no number.</summary>
    public static string Percent(double probability) => double.IsNaN(probability)
        ? "?"
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp((int)Math.Round(probability * 100), 1, 99)} %");

    public static string State(Incident incident) => incident.Status switch
    {
        IncidentStatus.Open => incident.Reopened > 0 ? "open again" : "open",
        IncidentStatus.Acknowledged => "acknowledged",
        _ => "resolved",
    };

    public static string Word(SeverityLevel severity) =>
        severity == SeverityLevel.Unknown ? "severity unknown" : severity.ToString().ToLowerInvariant();

    public static string Word(TrustLabel trust) => trust switch
    {
        TrustLabel.Own => "measured by OpsBot",
        TrustLabel.System => "from a trusted system",
        _ => "untrusted text",
    };

    public static string Word(ActionRisk risk) => risk switch
    {
        ActionRisk.Read => "read only",
        ActionRisk.Reversible => "can be undone",
        _ => "cannot be undone",
    };

    /// <summary><c>1 event</c>, <c>500 events</c>.</summary>
    public static string Count(long number, string singular, string? plural = null) => string.Create(
        CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? singular : plural ?? singular + "s")}").Replace(',', ' ');

    private static string Two(int large, string largeUnit, int small, string smallUnit) => small == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{large} {largeUnit}")
        : string.Create(CultureInfo.InvariantCulture, $"{large} {largeUnit} {small} {smallUnit}");
}

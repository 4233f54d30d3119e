using OpsBot.Contracts.Watches;

namespace OpsBot.Host.WebConsole.View;

/// <summary>The watches there are.</summary>
/// <param name="IsMore">There are more than are shown.</param>
/// <param name="All">Those that have ended too.</param>
/// <param name="Answer">What became of the click that led here.</param>
public sealed record WatchBoard(IReadOnlyList<Watch> Watches, bool IsMore, bool All, string? Answer)
{
    public const int Limit = 200;
}

/// <summary>One watch.</summary>
/// <param name="Seen">What it found, newest first.</param>
/// <param name="Incident">The incident that is about it; null for none.</param>
/// <param name="Answer">What became of the click that led here.</param>
public sealed record WatchView(Watch Watch, IReadOnlyList<WatchFinding> Seen, long? Incident, string? Answer)
{
    public const int Findings = 50;
}

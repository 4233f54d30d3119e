using OpsBot.Actions.Approvals;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;

namespace OpsBot.Handlers.Proposals;

/// <summary>A request, with the earlier incidents that speak for or against it.</summary>
/// <param name="Informed">Numbers of those incidents.</param>
internal sealed record RankedRequest(ProposalRequest Request, IReadOnlyList<long> Informed);

/// <summary>
/// Puts first what fixed an earlier incident like this one, last what only ever failed, and says so. Pure. It changes the order and the words;
/// whether something is proposed, runs or needs approval is not for memory to say.
/// </summary>
internal static class EarlierFixes
{
    private const int LongestWhy = 600;

    /// <param name="fixes">Best first, as <c>IOutcomeMemory.FixesForAsync</c> gives them.</param>
    public static IReadOnlyList<RankedRequest> Rank(IReadOnlyList<ProposalRequest> wanted, IReadOnlyList<EarlierFix> fixes) =>
    [
        .. wanted
            .Select((request, order) => (Request: request, Order: order, Mine: fixes.Where(fix => fix.Run.Action == request.Action).ToList()))
            .OrderBy(one => Place(one.Mine, fixes))
            .ThenBy(one => one.Order)
            .Select(one => new RankedRequest(
                one.Request with { Why = Why(one.Request.Why, one.Mine) }, [.. Told(one.Mine).Select(fix => fix.IncidentId)])),
    ];

    private static int Place(List<EarlierFix> mine, IReadOnlyList<EarlierFix> fixes) => mine.Find(fix => fix.Worked) is { } best
        ? fixes.ToList().IndexOf(best)
        : mine.Count == 0 ? fixes.Count : fixes.Count + 1;

    /// <summary>The best of what worked and the best of what did not.</summary>
    private static IEnumerable<EarlierFix> Told(List<EarlierFix> mine) =>
        new[] { mine.Find(fix => fix.Worked), mine.Find(fix => !fix.Worked) }.OfType<EarlierFix>().DistinctBy(fix => (fix.IncidentId, fix.Worked));

    private static string Why(string why, List<EarlierFix> mine) => PlainText.Line(
        string.Join(' ', new[] { why }.Concat(Told(mine).Select(Sentence))), LongestWhy).Value;

    private static string Sentence(EarlierFix fix)
    {
        var where = $"{Names.Incident(fix.IncidentId)} ({fix.Likeness})";
        return fix.Worked
            ? $"It fixed {where} in {Wording.Length(fix.Duration)}."
            : fix.Run.Status switch
            {
                RunStatus.Undone => $"It was undone in {where}.",
                RunStatus.Refused => $"It was not started in {where}.",
                _ => $"It failed in {where}.",
            };
    }
}

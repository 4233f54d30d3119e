using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;

namespace OpsBot.Chat.Cards;

/// <summary>What is said of an earlier incident, on every surface alike. Not cleaned: whoever shows it makes a <see cref="PlainText"/> of it.</summary>
public static class SeenBeforeWords
{
    private const int Named = 2;

    /// <summary><c>rollback on deployment/checkout fixed it in 6 min</c>, or only how long it took.</summary>
    public static string Ending(SeenBefore earlier) => earlier.Fixed.Count > 0
        ? $"{Runs(earlier.Fixed)} fixed it in {Wording.Length(earlier.Duration)}"
        : $"over after {Wording.Length(earlier.Duration)}";

    /// <summary>Why it is shown, what did not help, and how often it was of use.</summary>
    public static string Detail(SeenBefore earlier)
    {
        string?[] parts =
        [
            earlier.Why,
            earlier.DidNotHelp.Count > 0 ? $"did not help: {Runs(earlier.DidNotHelp)}" : null,
            $"resolved {Wording.Utc(earlier.ResolvedAt)}",
            earlier.Used > 0 ? $"used {Wording.Count(earlier.Used, "time")}, helped {Wording.Count(earlier.Helpful, "time")}" : null,
        ];
        return string.Join("; ", parts.OfType<string>());
    }

    private static string Runs(IReadOnlyList<OutcomeRun> runs)
    {
        var named = string.Join(", ", runs.Take(Named).Select(run => $"{run.Action} on {run.Target}"));
        return runs.Count > Named ? $"{named} and {Wording.Count(runs.Count - Named, "more run")}" : named;
    }
}

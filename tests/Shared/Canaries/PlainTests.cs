using OpsBot.Signals.Canary;

namespace OpsBot.Canaries;

/// <summary>What others do: Mann and Whitney's test of the values of both sides, minute by minute.</summary>
internal static class PlainTests
{
    /// <summary>Whether the canary's values are larger, at 5 %, by the first so many minutes; normal approximation with ties.</summary>
    /// <param name="isShare">The values are counts, of so many requests.</param>
    public static bool SaysWorse(IReadOnlyList<CanarySample> samples, int minutes, bool isShare)
    {
        var all = new (double Value, bool IsCanary)[minutes * 2];
        for (var i = 0; i < minutes; i++)
            (all[2 * i], all[(2 * i) + 1]) = ((Value(samples[i].Canary, isShare), true), (Value(samples[i].Baseline, isShare), false));
        Array.Sort(all, (one, other) => one.Value.CompareTo(other.Value));
        var (ranks, ties) = (0.0, 0.0);
        for (int first = 0, next; first < all.Length; first = next)
        {
            for (next = first + 1; next < all.Length && all[next].Value.Equals(all[first].Value);)
                next++;
            double same = next - first;
            ties += (same * same * same) - same;
            for (var i = first; i < next; i++)
                ranks += all[i].IsCanary ? (first + next + 1) / 2.0 : 0;
        }

        double n = minutes;
        var variance = n * n / 12 * ((2 * n) + 1 - (ties / (2 * n * ((2 * n) - 1))));
        return variance > 0 && (ranks - (n * (n + 1) / 2) - (n * n / 2) - 0.5) / Math.Sqrt(variance) > 1.6449;
    }

    private static double Value(CanaryReading reading, bool isShare) => isShare ? reading.Value!.Value / reading.Traffic!.Value : reading.Value!.Value;
}

using OpsBot.Contracts.Training;

namespace OpsBot.Watches.Declared;

/// <summary>Which job a person means. Pure.</summary>
public static class KnownJob
{
    private const int Told = 5;

    /// <summary>The only one of those that the key may mean; null where no sender told of any.</summary>
    /// <param name="known">Those that it may mean, newest first.</param>
    /// <exception cref="FormatException">There are several; the message asks which.</exception>
    public static TrainingJob? Among(IReadOnlyList<TrainingJob> known, string said) => known.DistinctBy(job => job.Key).ToList() switch
    {
        [] => null,
        [var only] => only,
        var all => throw new FormatException(
            $"{said} is {string.Join(" and ", all.Take(Told).Select(job => $"'{job.Key}' ({job.Source}{(job.Name is { } name ? $", {name}" : "")})"))}{(all.Count > Told ? " and more" : "")}; say which"),
    };

    internal static TrainingJobId? IdOf(TrainingJob? job) => job is null ? null : new TrainingJobId(job.Source, job.Key);
}

using Shouldly;

namespace OpsBot.IntegrationTests.Demo;

/// <summary>Reads a card as it is printed in the terminal.</summary>
internal static class PrintedCard
{
    /// <summary>The first of the ranked causes on the card.</summary>
    public static string LikelyCause(string printed)
    {
        var lines = printed.Split('\n');
        var heading = Array.FindIndex(lines, line => line.StartsWith("LIKELY CAUSE", StringComparison.Ordinal));
        heading.ShouldBeGreaterThan(0, printed);
        var cause = lines.Skip(heading + 1).TakeWhile((line, i) => line.Length > 0 && (i == 0 || !line.Contains(" %  ", StringComparison.Ordinal)));
        return string.Join(' ', cause.Select(line => line.Trim()));
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using OpsBot.Storage.Engine;

namespace OpsBot.Tests.Storage.Engine;

/// <summary>What keeps a migration from being what its first line says, in words; docs/decisions/0012.</summary>
internal static partial class MigrationLint
{
    public static IEnumerable<string> Problems(MigrationScript script)
    {
        var step = Declaration().Match(script.Sql);
        if (!step.Success)
        {
            yield return "the first line must be '-- expand: why' or '-- contract NNNN: why'";
            yield break;
        }

        if (step.Groups["oldest"] is { Success: true } group && int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) is var oldest && (oldest < 1 || oldest >= script.Number))
        {
            yield return $"contract {group.Value}: it must name an earlier migration, from which on nobody uses what is taken away";
        }

        if (script.Expands)
        {
            var sql = Comment().Replace(script.Sql, "");
            foreach (Match taken in TakesAway().Matches(sql)) yield return $"'{taken.Value}' takes away or changes what the version before uses";
            foreach (var added in AddColumn().Matches(sql).Select(added => added.Value).Where(added => NotNull().IsMatch(added) && !Default().IsMatch(added)))
                yield return $"'{added}' must have a default: the version before writes rows without it";
            foreach (var unique in UniqueIndex().Matches(sql).Where(unique => !Regex.IsMatch(sql, $@"create table (if not exists )?{unique.Groups["table"].Value}\b")))
                yield return $"'{unique.Value}' may refuse what the version before writes";
        }
    }

    [GeneratedRegex(@"\A-- (?:expand|contract (?<oldest>\d{4})): \S")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b(?:drop|rename|truncate|alter\s+column|set\s+not\s+null|add\s+constraint|add\s+check|create\s+trigger)\b", RegexOptions.IgnoreCase)]
    private static partial Regex TakesAway();

    [GeneratedRegex(@"\badd\s+column\b[^;,]*", RegexOptions.IgnoreCase)]
    private static partial Regex AddColumn();

    [GeneratedRegex(@"\bnot\s+null\b", RegexOptions.IgnoreCase)]
    private static partial Regex NotNull();

    [GeneratedRegex(@"\bdefault\b", RegexOptions.IgnoreCase)]
    private static partial Regex Default();

    [GeneratedRegex(@"\bcreate\s+unique\s+index\s+(?:if\s+not\s+exists\s+)?\S+\s+on\s+(?<table>\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex UniqueIndex();
}

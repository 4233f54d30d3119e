using System.Globalization;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Slurm;

/// <summary>Slurm's short form of node names: <c>ng[30103,30706-30707],login1</c>. Leading zeros count; one pair of brackets a name is read, others stay as they are.</summary>
internal static class HostList
{
    public static IReadOnlyList<string> Expand(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text is "None assigned" or "(null)")
            return [];
        return [.. Names(text).SelectMany(One).Where(name => name.Length > 0).Take(Bounds.Entries)];
    }

    private static IEnumerable<string> Names(string text)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '[' => 1, ']' => -1, _ => 0 };
            if (text[i] != ',' || depth > 0)
                continue;
            yield return text[start..i];
            start = i + 1;
        }

        yield return text[start..];
    }

    private static IEnumerable<string> One(string name)
    {
        var open = name.IndexOf('[', StringComparison.Ordinal);
        var close = name.IndexOf(']', StringComparison.Ordinal);
        if (open < 0 || close < open || name.IndexOf('[', close) >= 0)
            return [name];
        var (before, after) = (name[..open], name[(close + 1)..]);
        return name[(open + 1)..close].Split(',').SelectMany(Numbers).Select(number => before + number + after);
    }

    private static IEnumerable<string> Numbers(string range)
    {
        var ends = range.Split('-');
        if (ends.Length != 2 || ends[0].Length > 18 || !long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from) || !long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out var to))
            return [range];
        return Enumerable.Range(0, (int)Math.Clamp(to - from + 1, 0, Bounds.Entries)).Select(i => (from + i).ToString(CultureInfo.InvariantCulture).PadLeft(ends[0].Length, '0'));
    }
}

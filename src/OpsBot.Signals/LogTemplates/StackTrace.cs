namespace OpsBot.Signals.LogTemplates;

/// <summary>Finds what a record of several lines says: its first line, and the exception it goes on to name.</summary>
internal static class StackTrace
{
    /// <summary>The first line and the first further line that is no frame of a stack, as one line.</summary>
    public static string Head(ReadOnlySpan<char> record)
    {
        var end = record.IndexOf('\n');
        var first = record[..end].TrimEnd();
        var rest = record[(end + 1)..];
        while (!rest.IsEmpty)
        {
            end = rest.IndexOf('\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];

            // frames are indented in every language that we know of but Go, whose first frame names the goroutine
            if (line.IsWhiteSpace() || char.IsWhiteSpace(line[0]) || line.StartsWith("goroutine ") || line.StartsWith("Traceback (")) continue;
            return string.Concat(first, " ", line.TrimEnd());
        }

        return first.ToString();
    }
}

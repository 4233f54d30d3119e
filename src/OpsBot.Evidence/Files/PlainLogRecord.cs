using OpsBot.Signals.LogTemplates;

namespace OpsBot.Evidence.Files;

/// <summary>Reads a log record that is a line of text.</summary>
internal static class PlainLogRecord
{
    /// <param name="time">The time found in the line; null where there is none.</param>
    /// <param name="start">Where the time begins in the line.</param>
    /// <param name="end">Where it ends.</param>
    public static LogLine Read(string line, long? time, int start, int end)
    {
        if (time is null) return new LogLine(null, null, null, LogLevels.Guess(line), line, null);
        if (AccessLevel(line, end) is { } level) return new LogLine(time, null, null, level, line, null);

        // klog states level and time in one word
        if (line[start] is 'I' or 'W' or 'E' or 'F' && start == 0 && char.IsAsciiDigit(line[1]))
        {
            return new LogLine(time, null, null, LogLevels.Normalise(line.AsSpan(0, 1)), line[end..].TrimStart(), null);
        }

        // a time in the first few characters is a header; one further on is part of what is said
        var rest = start <= 2 ? line.AsSpan(end).TrimStart(" ]|-:\t)") : line.AsSpan();
        if (rest.StartsWith("stdout F ") || rest.StartsWith("stderr F ")) rest = rest[9..];
        return new LogLine(time, null, null, LogLevels.Guess(rest), rest.ToString(), null);
    }

    /// <summary>The level that the status of an access log line amounts to; null for any other line.</summary>
    private static string? AccessLevel(string line, int from)
    {
        var rest = line.AsSpan(from);
        var http = rest.IndexOf(" HTTP/");
        if (http < 0 || http > 4000) return null;
        var quote = rest[http..].IndexOf('"');
        if (quote is < 0 or > 12) return null;
        var status = rest[(http + quote + 1)..].TrimStart();
        if (status.Length < 3 || !char.IsAsciiDigit(status[0]) || !char.IsAsciiDigit(status[2])) return null;
        return status[0] switch { '5' => "ERROR", '4' => "WARN", _ => "INFO" };
    }
}

namespace OpsBot.Signals.LogTemplates;

/// <summary>Orders and reads the words that log libraries use for levels.</summary>
public static class LogLevels
{
    /// <summary>From this rank on a line tells of a failure.</summary>
    public const int Error = 5;

    /// <summary>0 unknown, 1 TRACE, 2 DEBUG, 3 INFO, 4 WARN, 5 ERROR, 6 FATAL.</summary>
    public static int Rank(string? level) => level switch
    {
        "FATAL" => 6,
        "ERROR" => 5,
        "WARN" => 4,
        "INFO" => 3,
        "DEBUG" => 2,
        "TRACE" => 1,
        _ => 0,
    };

    /// <summary>The usual word in upper case (<c>ERROR</c>, <c>WARN</c>, …) for any spelling; null where it is no level.</summary>
    public static string? Normalise(ReadOnlySpan<char> word)
    {
        if (word.Length is 0 or > 13) return null;
        Span<char> upper = stackalloc char[13];
        upper = upper[..word.ToUpperInvariant(upper)];
        return upper switch
        {
            "FATAL" or "CRITICAL" or "CRIT" or "EMERG" or "EMERGENCY" or "ALERT" or "PANIC" or "F" or "SEVERE" => upper is "SEVERE" ? "ERROR" : "FATAL",
            "ERROR" or "ERR" or "E" or "EROR" or "ERRO" or "FAIL" => "ERROR",
            "WARN" or "WARNING" or "W" or "WRN" => "WARN",
            "INFO" or "INFORMATION" or "INFORMATIONAL" or "NOTICE" or "I" or "INF" => "INFO",
            "DEBUG" or "D" or "DBG" or "FINE" => "DEBUG",
            "TRACE" or "VERBOSE" or "T" or "V" or "FINER" or "FINEST" => "TRACE",
            _ => null,
        };
    }

    /// <summary>The level that a line states in its first 120 characters, as a word of its own or as <c>level=</c>; null where it states none.</summary>
    public static string? Guess(ReadOnlySpan<char> message)
    {
        if (message.Length > 120) message = message[..120];
        for (var i = 0; i < message.Length;)
        {
            if (!char.IsAsciiLetter(message[i]))
            {
                i++;
                continue;
            }

            var start = i;
            while (i < message.Length && (char.IsAsciiLetterOrDigit(message[i]) || message[i] is '_' or '-' or '.')) i++;
            var word = message[start..i];
            if (word.Length < 3) continue;
            var marked = (start > 0 && message[start - 1] is '[' or '=' or '<' or '"' or '|') || (i < message.Length && message[i] is ':' or ']' or '|');
            if ((marked || !word.ContainsAnyInRange('a', 'z')) && word is not ("alert" or "ALERT" or "fail" or "FAIL" or "fine" or "FINE") &&
                Normalise(word) is { } level)
            {
                return level;
            }
        }

        return null;
    }
}

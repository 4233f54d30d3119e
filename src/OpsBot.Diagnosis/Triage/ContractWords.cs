using OpsBot.Contracts.Apis;
using OpsBot.Signals.LogTemplates;
using OpsBot.Signals.Series;

namespace OpsBot.Diagnosis.Triage;

/// <summary>A word of a broken promise in a line.</summary>
/// <param name="Weight">1 where the line speaks as one does of such a thing, less where only the word is there.</param>
internal sealed record WordMatch(string Word, double Weight);

/// <summary>Whether a line speaks of what was broken.</summary>
internal static class ContractWords
{
    private const int LongestQuote = 100;
    private const double WordAlone = 0.6;

    /// <summary>Names that half of all fields have: alone they say nothing.</summary>
    private static readonly HashSet<string> Common = new(
        [
            "id", "ids", "name", "names", "type", "types", "kind", "status", "state", "value", "values", "data", "code", "message", "error", "errors", "result", "results", "item", "items",
            "key", "keys", "user", "time", "date", "count", "total", "url", "path", "list", "size", "text", "title", "version", "number", "body", "request", "response", "default", "order",
            "description", "label", "labels", "index", "level", "node", "host", "service", "field", "property", "null", "true", "false", "active", "open", "closed", "new", "unknown",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>How programs complain of what they were sent, or were not.</summary>
    private static readonly HashSet<string> Complaints = new(
        [
            "unknown", "unrecognized", "unrecognised", "unexpected", "missing", "required", "undefined", "null", "none", "nil", "invalid", "deserialize", "deserialise", "deserialization", "unmarshal",
            "parse", "parsing", "decode", "decoding", "schema", "validation", "validate", "field", "property", "attribute", "argument", "parameter", "enum", "keyerror", "unsupported",
            "unimplemented", "mismatch", "cannot", "such", "found", "400", "404", "405", "410", "415", "422", "501", "typeerror", "expected", "contract",
        ],
        StringComparer.OrdinalIgnoreCase);

    public static WordMatch? Match(ApiChange broken, string line)
    {
        foreach (var word in broken.Words.Where(word => word.Length > 1).OrderByDescending(word => word.Length))
        {
            if (Find(line, word) is null)
            {
                continue;
            }

            var complains = Words(line).Any(said => Complaints.Contains(said) && !said.Equals(word, StringComparison.OrdinalIgnoreCase));
            var plain = Common.Contains(word) || word.Length < 3;
            if (plain ? complains && PathAgrees(broken, word, line) : complains || IsIdentifier(word))
            {
                return new WordMatch(word, complains ? 1 : WordAlone);
            }
        }

        return null;
    }

    /// <summary>Where a word stands by itself in a line, however the two write it: <c>currencyCode</c> is <c>currency_code</c>.</summary>
    private static (int Start, int Length)? Find(string line, string word)
    {
        if (word.StartsWith('/'))
        {
            return FindAddress(line, word);
        }

        foreach (var form in Forms(word))
        {
            for (var at = line.IndexOf(form, StringComparison.OrdinalIgnoreCase); at >= 0; at = line.IndexOf(form, at + 1, StringComparison.OrdinalIgnoreCase))
            {
                if ((at == 0 || !IsWordPart(line[at - 1])) && (at + form.Length == line.Length || !IsWordPart(line[at + form.Length])))
                {
                    return (at, form.Length);
                }
            }
        }

        return null;
    }

    /// <summary>A path whose holes are filled with anything that is no further part: <c>/prices/{id}</c> in <c>GET /v1/prices/7?a=b</c>.</summary>
    private static (int Start, int Length)? FindAddress(string line, string path)
    {
        var wanted = path.Trim('/').Split('/');
        // a path of holes alone is any path
        if (!wanted.Any(part => part.Length > 2 && part[0] != '{'))
        {
            return null;
        }

        for (var at = line.IndexOf('/', StringComparison.Ordinal); at >= 0; at = line.IndexOf('/', at + 1))
        {
            var end = at;
            while (end < line.Length && !char.IsWhiteSpace(line[end]) && line[end] is not ('"' or '\'' or '?' or ',' or ';' or ')' or ']' or '“' or '”' or ':'))
            {
                end++;
            }

            var said = line[at..end].Trim('/').Split('/');
            if (said.Length == wanted.Length && wanted.Zip(said).All(pair => (pair.First.StartsWith('{') && pair.Second.Length > 0) || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)))
            {
                return (at, end - at);
            }
        }

        return null;
    }

    private static IEnumerable<string> Forms(string word)
    {
        yield return word;
        var parts = MetricWords.Of(word).ToList();
        if (parts.Count > 1 && !word.Contains('/', StringComparison.Ordinal) && !word.Contains('.', StringComparison.Ordinal))
        {
            yield return string.Concat(parts);
            yield return string.Join('_', parts);
            yield return string.Join('-', parts);
        }
    }

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static bool IsIdentifier(string word) =>
        word.StartsWith('/') || word.AsSpan().ContainsAny("_./") || word.Any(char.IsDigit) || word.AsSpan(1).ContainsAnyInRange('A', 'Z');

    /// <summary>The line has another name of the place as well.</summary>
    private static bool PathAgrees(ApiChange broken, string word, string line) =>
        Words(broken.Path).Where(part => part.Length > 3 && !Common.Contains(part) && !part.Equals(word, StringComparison.OrdinalIgnoreCase) && !char.IsDigit(part[0]))
            .Any(part => Find(line, part) is not null);

    private static IEnumerable<string> Words(string text)
    {
        for (var (start, at) = (-1, 0); at <= text.Length; at++)
        {
            if (at < text.Length && IsWordPart(text[at]))
            {
                start = start < 0 ? at : start;
            }
            else if (start >= 0)
            {
                yield return text[start..at];
                start = -1;
            }
        }
    }

    /// <summary>The part of a line that has a word, short enough for a sentence.</summary>
    public static string Quote(string line, string word)
    {
        line = WithoutLevel(string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c)).Trim());
        if (line.Length <= LongestQuote)
        {
            return line.Trim();
        }

        var (start, length) = Find(line, word) ?? (0, 0);
        var from = Math.Clamp(start + (length / 2) - (LongestQuote / 2), 0, line.Length - LongestQuote);
        from -= from > 0 && char.IsLowSurrogate(line[from]) ? 1 : 0;
        var to = from + LongestQuote;
        to -= to < line.Length && char.IsLowSurrogate(line[to]) ? 1 : 0;
        return (from > 0 ? "…" : "") + line[from..to].Trim() + (to < line.Length ? "…" : "");
    }

    /// <summary>A level in front of the message is no part of what was said.</summary>
    private static string WithoutLevel(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is > 2 and var end && LogLevels.Normalise(line[..end].Trim('[', ']', '(', ')', ':', '|')) is not null
            ? line[end..].TrimStart(' ', ':', '-', '|')
            : line;
}

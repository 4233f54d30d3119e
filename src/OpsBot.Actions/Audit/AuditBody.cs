using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Actions.Audit;

/// <summary>Details as they are kept: sorted, redacted, bounded.</summary>
internal static class AuditBody
{
    public const int MostDetails = 64;
    public const int LongestName = 100;
    public const int LongestValue = 4000;

    public static string Write(IReadOnlyDictionary<string, string> details, IRedactor redactor)
    {
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in details.OrderBy(detail => detail.Key, StringComparer.Ordinal).Take(MostDetails))
        {
            // redacted before it is cut, or half a secret would stay; with its name, which may be what tells that it is one
            var prefix = name + "=";
            var shown = redactor.Redact(prefix + value);
            kept[Cut(name, LongestName)] = Cut(shown.StartsWith(prefix, StringComparison.Ordinal) ? shown[prefix.Length..] : redactor.Redact(value), LongestValue);
        }

        if (details.Count > MostDetails)
        {
            kept["…"] = FormattableString.Invariant($"{details.Count - MostDetails} more details are not kept");
        }

        return JsonSerializer.Serialize(kept, OpsBotJson.Options);
    }

    public static string Cut(string text, int max) =>
        text.Length <= max ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[max - 2]) ? max - 2 : max - 1), "…");
}

using System.Text;
using Microsoft.Extensions.Options;

namespace OpsBot.Runtime.Redaction;

/// <summary>Finds secrets by several rules, each linear in the text, and replaces what they found. Redacting twice changes nothing more.</summary>
internal sealed class Redactor(KnownSecrets known, IOptions<RedactionOptions> options) : IRedactor
{
    /// <summary>What one round leaves behind is small: a secret that only shows once its neighbour is gone. Texts made for it can take many rounds.</summary>
    private const int MaxRounds = 32;

    private readonly bool _emails = options.Value.Emails;

    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var round = 0; round < MaxRounds; round++)
        {
            var findings = new List<Finding>();
            Search(text, 0, findings);
            if (findings.Count == 0) return text;
            var redacted = Replace(text, findings);
            if (string.Equals(redacted, text, StringComparison.Ordinal)) return text;
            text = redacted;
        }

        return text;
    }

    private void Search(string text, int depth, List<Finding> findings)
    {
        known.Find(text, findings);
        TokenPatterns.Find(text, _emails, findings);
        PrivateKeys.Find(text, findings);
        UrlPasswords.Find(text, findings);
        KeyValueSecrets.Find(text, findings);
        EncodedSecrets.Find(text, depth, Search, findings);
    }

    private static string Replace(string text, List<Finding> findings)
    {
        findings.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.End.CompareTo(a.End));
        var result = new StringBuilder(text.Length);
        var at = 0;
        for (var i = 0; i < findings.Count;)
        {
            var (start, end, kind) = findings[i];
            for (i++; i < findings.Count && findings[i].Start < end; i++) end = Math.Max(end, findings[i].End);
            result.Append(text, at, start - at).Append("[redacted:").Append(kind).Append(']');
            at = end;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }
}

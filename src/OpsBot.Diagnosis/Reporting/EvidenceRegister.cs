using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Diagnosis.Triage;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Diagnosis.Reporting;

/// <summary>Gives observations their ids when they are first cited, bounds and redacts their text.</summary>
internal sealed class EvidenceRegister(IRedactor? redactor)
{
    private const int LongestExcerpt = 1200;
    private const int LongestQuery = 400;

    private readonly Dictionary<(EvidenceSourceKind, string, string), string> _ids = [];
    private readonly List<EvidenceItem> _items = [];

    public IReadOnlyList<EvidenceItem> Items => _items;

    /// <summary>The id of the observation; the same one each time it is cited.</summary>
    public string Cite(Exhibit exhibit)
    {
        var key = (exhibit.Source, exhibit.Query, exhibit.Excerpt);
        if (_ids.TryGetValue(key, out var known))
        {
            return known;
        }

        var id = $"E{_items.Count + 1}";
        _ids[key] = id;
        _items.Add(new EvidenceItem(
            id, exhibit.Source, Clean(exhibit.Query, LongestQuery),
            exhibit.AtMs is { } at ? OpsBotJson.Format(DateTimeOffset.FromUnixTimeMilliseconds(at)) : "",
            Clean(exhibit.Excerpt, LongestExcerpt), exhibit.Trust, exhibit.Chart?.Invoke()));
        return id;
    }

    /// <summary>Text from outside as it may be shown: redacted first, then cut, so that no half of a secret is left.</summary>
    public string Clean(string text, int longest)
    {
        var shown = redactor?.Redact(text) ?? text;
        return shown.Length <= longest ? shown : shown[..(char.IsHighSurrogate(shown[longest - 1]) ? longest - 1 : longest)] + "…";
    }
}

using System.IO.Enumeration;
using OpsBot.Runtime.Search;

namespace OpsBot.Knowledge.Runbooks;

/// <summary>
/// One pattern of a runbook's <c>alerts:</c>. With <c>*</c> or <c>?</c> it is a glob on the alert's whole name; otherwise words, all of
/// which must stand in the alert's name or summary. Case never counts.
/// </summary>
internal sealed class AlertPattern
{
    private readonly string _text;
    private readonly bool _isGlob;
    private readonly List<string> _terms;

    internal AlertPattern(string text)
    {
        _text = text;
        _isGlob = text.Contains('*', StringComparison.Ordinal) || text.Contains('?', StringComparison.Ordinal);
        _terms = _isGlob ? [] : [.. Words.Of(text).Where(w => !w.Whole).Select(w => w.Term).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Letters and digits that must be there: the pattern that says more wins.</summary>
    internal int Specificity => _text.Count(char.IsLetterOrDigit);

    internal string Text => _text;

    /// <param name="name">The alert's name; empty where it has none.</param>
    /// <param name="terms">Terms of its name and summary.</param>
    internal bool Fits(string name, IReadOnlySet<string> terms) =>
        _isGlob
            ? name.Length > 0 && FileSystemName.MatchesSimpleExpression(_text.Replace("\\", "\\\\", StringComparison.Ordinal), name)
            : _terms.Count > 0 && _terms.TrueForAll(terms.Contains);
}

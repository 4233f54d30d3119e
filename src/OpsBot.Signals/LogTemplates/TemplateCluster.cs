using System.Text;

namespace OpsBot.Signals.LogTemplates;

/// <summary>The lines of one template: the words of the first line, with those that turned out to vary.</summary>
internal sealed class TemplateCluster
{
    private const string Any = "<*>";
    private readonly ulong[] _hashes;
    private readonly bool[] _doubtful;
    private readonly string[] _words;
    private readonly string[] _between;
    private string? _text;

    public TemplateCluster(int id, LineWords line, ReadOnlySpan<char> text)
    {
        Id = id;
        _hashes = new ulong[line.Count];
        _doubtful = new bool[line.Count];
        _words = new string[line.Count];
        _between = new string[line.Count + 1];
        var at = 0;
        for (var i = 0; i < line.Count; i++)
        {
            var (start, end) = line.Span(i);
            _hashes[i] = line.Hash(i);
            _doubtful[i] = line.IsDoubtful(i);
            _between[i] = Collapse(text[at..start]);
            var word = text[start..end];
            _words[i] = line.IsWild(i) ? Any : LineWords.IsStatus(_hashes[i], word) ? $"{word[0]}xx" : word.ToString();
            at = end;
        }

        _between[^1] = line.Count == 0 ? Collapse(text[..Math.Min(text.Length, 80)]) : Collapse(text[at..line.Length]);
    }

    /// <summary>What the limit cut off.</summary>
    public static TemplateCluster Overflow { get; } = new(TemplateMiner.Overflow, new LineWords(), "<*>");

    public int Id { get; }

    /// <summary>The template that this one has become part of.</summary>
    public TemplateCluster? MergedInto { get; set; }

    public int CountDiffering(LineWords line)
    {
        var differing = 0;
        for (var i = 0; i < _hashes.Length; i++)
        {
            if (_hashes[i] != LineWords.Wild && _hashes[i] != line.Hash(i)) differing++;
        }

        return differing;
    }

    /// <summary>True where each word that differs has a digit or varies by its look, on either side.</summary>
    public bool DiffersOnlyInDoubt(LineWords line)
    {
        for (var i = 0; i < _hashes.Length; i++)
        {
            if (Differs(line, i) && !_doubtful[i] && !line.IsDoubtful(i)) return false;
        }

        return true;
    }

    /// <summary>A number that is equal for equal places of difference.</summary>
    public ulong DifferingPlaces(LineWords line)
    {
        ulong places = 0;
        for (var i = 0; i < _hashes.Length; i++)
        {
            if (Differs(line, i)) places = places * 131 + (ulong)i + 1;
        }

        return places;
    }

    public void Generalise(LineWords line)
    {
        for (var i = 0; i < _hashes.Length; i++)
        {
            if (!Differs(line, i)) continue;
            _hashes[i] = LineWords.Wild;
            _words[i] = Any;
            _doubtful[i] = true;
        }

        _text = null;
    }

    public bool Covers(TemplateCluster other)
    {
        for (var i = 0; i < _hashes.Length; i++)
        {
            if (_hashes[i] != LineWords.Wild && _hashes[i] != other._hashes[i]) return false;
        }

        return true;
    }

    public string Text()
    {
        if (_text is not null) return _text;
        var text = new StringBuilder();
        for (var i = 0; i < _words.Length; i++) text.Append(_between[i]).Append(_words[i]);
        return _text = text.Append(_between[^1]).ToString().Trim();
    }

    private bool Differs(LineWords line, int i) => _hashes[i] != LineWords.Wild && _hashes[i] != line.Hash(i);

    private static string Collapse(ReadOnlySpan<char> between)
    {
        if (between is " ") return " ";
        var text = new StringBuilder(between.Length);
        foreach (var c in between)
        {
            var blank = char.IsWhiteSpace(c) || char.IsControl(c);
            if (!blank) text.Append(c);
            else if (text.Length == 0 || text[^1] != ' ') text.Append(' ');
        }

        return text.ToString();
    }
}

using System.Text;

namespace OpsBot.Ingress.Mapped;

/// <summary>
/// A text with holes: <c>{service} on {host} ?? {name} ?? unknown</c>. Alternatives are separated by <c>??</c>; one in which a hole finds
/// nothing does not count. <c>{{</c> and <c>}}</c> are braces.
/// </summary>
internal sealed class Template
{
    private readonly IReadOnlyList<IReadOnlyList<Piece>> _alternatives;

    private Template(string text, IReadOnlyList<IReadOnlyList<Piece>> alternatives) => (Text, _alternatives) = (text, alternatives);

    public string Text { get; }

    /// <summary>The first place that is looked at, to be named where nothing is found.</summary>
    public string Place => Holes.Select(hole => hole.Text).FirstOrDefault("$");

    public IEnumerable<string> Headers => Holes.Select(hole => hole.Header).OfType<string>();

    private IEnumerable<Hole> Holes => _alternatives.SelectMany(pieces => pieces).Select(piece => piece.Hole).OfType<Hole>();

    /// <exception cref="FormatException">Not a template; the message says why, and where.</exception>
    public static Template Parse(string text)
    {
        var cursor = new MappingCursor(text);
        if (text.Length > MappingLimits.Text)
            throw cursor.Wrong($"longer than {MappingLimits.Number(MappingLimits.Text)} characters");
        var alternatives = new List<List<Piece>> { new() };
        var literal = new StringBuilder();
        while (!cursor.AtEnd)
        {
            if (cursor.Take("??"))
            {
                Close(alternatives[^1], literal, cursor);
                alternatives.Add([]);
            }
            else if (cursor.Take("{{") || cursor.Take("}}"))
            {
                literal.Append(cursor.From(cursor.Position - 1));
            }
            else if (cursor.Take("{"))
            {
                Add(alternatives[^1], literal);
                alternatives[^1].Add(new Piece("", Hole.Read(cursor)));
            }
            else if (cursor.Peek == '}')
            {
                throw cursor.Wrong("a brace that closes nothing; write }} for a brace");
            }
            else
            {
                literal.Append(cursor.Next());
            }
        }

        Close(alternatives[^1], literal, cursor);
        if (alternatives.Count > MappingLimits.Alternatives || alternatives.Sum(pieces => pieces.Count(piece => piece.Hole is not null)) > MappingLimits.Holes)
            throw cursor.Wrong($"more than {MappingLimits.Number(MappingLimits.Alternatives)} alternatives or {MappingLimits.Number(MappingLimits.Holes)} places");
        return new Template(text, alternatives);
    }

    /// <summary>The first alternative that finds everything; null where none does.</summary>
    public Found? First(MappedScope scope, TextLimit limit) => Each(scope, limit).Select(found => (Found?)found).FirstOrDefault();

    /// <summary>Every alternative that finds everything, in order.</summary>
    public IEnumerable<Found> Each(MappedScope scope, TextLimit limit) =>
        _alternatives.Select(pieces => Whole(pieces, scope, limit)).OfType<Found>();

    /// <summary>The first alternative that finds anything; one that is a single hole gives each of its texts.</summary>
    public IReadOnlyList<string> All(MappedScope scope, TextLimit limit)
    {
        foreach (var pieces in _alternatives)
        {
            IReadOnlyList<string> texts = pieces is [{ Hole: { } hole }]
                ? [.. hole.Texts(scope, limit).Select(found => found.Text)]
                : Whole(pieces, scope, limit) is { } found ? [found.Text] : [];
            if (texts.Count > 0)
                return texts;
        }

        return [];
    }

    private static Found? Whole(IReadOnlyList<Piece> pieces, MappedScope scope, TextLimit limit)
    {
        var text = new StringBuilder();
        string? path = null;
        foreach (var piece in pieces)
        {
            if (piece.Hole is not { } hole)
            {
                text.Append(piece.Literal);
                continue;
            }

            var found = hole.Texts(scope, limit);
            if (found.Count == 0)
                return null;
            path ??= found[0].Path;
            text.AppendJoin(", ", found.Select(one => one.Text));
        }

        return new Found(limit.Fit(text.ToString()), path ?? "$");
    }

    private static void Add(List<Piece> pieces, StringBuilder literal)
    {
        if (literal.Length > 0)
            pieces.Add(new Piece(literal.ToString(), null));
        literal.Clear();
    }

    // space around ?? belongs to it, and not to the texts
    private static void Close(List<Piece> pieces, StringBuilder literal, MappingCursor cursor)
    {
        Add(pieces, literal);
        if (pieces is [{ Hole: null } first, ..])
            pieces[0] = first with { Literal = first.Literal.TrimStart() };
        if (pieces is [.., { Hole: null } last])
            pieces[^1] = last with { Literal = last.Literal.TrimEnd() };
        pieces.RemoveAll(piece => piece is { Hole: null, Literal: "" });
        if (pieces.Count == 0)
            throw cursor.Wrong("an alternative is empty; leave the key out for nothing");
    }

    private sealed record Piece(string Literal, Hole? Hole);
}

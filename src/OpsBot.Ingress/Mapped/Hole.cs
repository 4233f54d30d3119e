using System.Text.RegularExpressions;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Mapped;

/// <summary>
/// What stands between braces: <c>{path}</c>, <c>{path /pattern/}</c>, <c>{header:X-Name}</c>, <c>{label:service}</c>. With a pattern the
/// text is its first group, or what it matches where it has none.
/// </summary>
internal sealed class Hole
{
    private const string HeaderWord = "header:";
    private const string LabelWord = "label:";

    private readonly JsonPath? _path;
    private readonly string? _label;
    private readonly Regex? _pattern;

    private Hole(JsonPath? path, string? header, string? label, Regex? pattern, string text) =>
        (_path, Header, _label, _pattern, Text) = (path, header, label, pattern, text);

    /// <summary>The header that it reads; null for every other.</summary>
    public string? Header { get; }

    /// <summary>The place, as error messages name it.</summary>
    public string Text { get; }

    /// <summary>Reads a hole, the cursor being behind its opening brace.</summary>
    public static Hole Read(MappingCursor cursor)
    {
        cursor.Spaces();
        var start = cursor.Position;
        var header = cursor.Take(HeaderWord) ? cursor.Name() : null;
        var label = header is null && cursor.Take(LabelWord) ? cursor.Peek == '"' ? cursor.Quoted() : cursor.Name() : null;
        var path = header is null && label is null ? JsonPath.Read(cursor) : null;
        var text = cursor.From(start);
        cursor.Spaces();
        if (cursor.Take("/"))
            return new Hole(path, header, label, Pattern(cursor), text);
        return cursor.Take("}") ? new Hole(path, header, label, null, text) : throw cursor.Wrong("expected . or [ or } here");
    }

    /// <summary>The texts that stand there: none, one, or one for each element that <c>[*]</c> finds.</summary>
    /// <exception cref="UnreadableException">A list or an object stands there and is not allowed.</exception>
    public IReadOnlyList<Found> Texts(MappedScope scope, TextLimit limit)
    {
        if (Header is { } header)
            return Plain(scope, scope.Headers[header], $"header {header}", limit);
        if (_label is not null)
            return Plain(scope, scope.Labels.GetValueOrDefault(_label), Text, limit);
        if (!_path!.FromBody || scope.IsBody)
            return Read(scope, scope.Alert, limit);
        // the same for every alert of the list, and worked out once
        return scope.Shared.Texts(this, limit, () => Read(scope, scope.Body, limit with { Max = Math.Min(limit.Max, MappingLimits.Shared) }));
    }

    private List<Found> Read(MappedScope scope, JsonView start, TextLimit limit)
    {
        var found = new List<Found>();
        foreach (var value in _path!.Select(start).Take(Bounds.Entries))
        {
            var whole = value.IsObject || value.IsArray ? limit.AnyShape ? value.Raw : throw value.Wrong("is not text") : value.Text(int.MaxValue);
            if (Matched(whole) is { } text && !scope.IsBlank(text))
                found.Add(new Found(limit.Fit(text), value.Path));
        }

        return found;
    }

    private IReadOnlyList<Found> Plain(MappedScope scope, string? whole, string path, TextLimit limit) =>
        Matched(whole) is { } text && !scope.IsBlank(text) ? [new Found(limit.Fit(text), path)] : [];

    private string? Matched(string? text)
    {
        if (text is null || _pattern is null)
            return text;
        var match = _pattern.Match(Bounds.Cut(text, MappingLimits.Searched));
        return match.Success ? match.Groups[match.Groups.Count > 1 ? 1 : 0].Value : null;
    }

    private static Regex Pattern(MappingCursor cursor)
    {
        var text = cursor.Until("/}", "the pattern");
        if (text.Length is 0 or > MappingLimits.Pattern)
            throw cursor.Wrong($"a pattern has 1 to {MappingLimits.Number(MappingLimits.Pattern)} characters");
        try
        {
            // linear in what it is tried on, whatever is sent
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            throw cursor.Wrong($"the pattern is not one that can be used: {wrong.Message}");
        }
    }
}

/// <summary>A text of a body and where it stood.</summary>
internal readonly record struct Found(string Text, string Path);

/// <summary>How much of a text is kept.</summary>
/// <param name="Max">Longest text.</param>
/// <param name="IsKey">It identifies something, so a longer one is not cut but shortened to what stays different.</param>
/// <param name="AnyShape">Lists and objects count as text too, as they are written.</param>
internal readonly record struct TextLimit(int Max, bool IsKey = false, bool AnyShape = false)
{
    public static TextLimit Key { get; } = new(MappingLimits.Shared, IsKey: true);

    public string Fit(string text) => text.Length <= Max ? text : IsKey ? Bounds.Key(text) : Bounds.Cut(text, Max);
}

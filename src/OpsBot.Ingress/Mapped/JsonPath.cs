using System.Globalization;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Mapped;

/// <summary>
/// A place in a body: <c>data.alerts[0].name</c>, <c>links[*].href</c>, <c>["odd name"].x</c>; from the whole body with <c>$.</c> in front.
/// A path that leads nowhere finds nothing, whatever stands in its way: senders leave out what they do not know.
/// </summary>
internal sealed class JsonPath
{
    private readonly IReadOnlyList<Step> _steps;

    private JsonPath(string text, bool fromBody, IReadOnlyList<Step> steps) => (Text, FromBody, _steps) = (text, fromBody, steps);

    public string Text { get; }

    /// <summary>Starts at the whole body, not at the alert.</summary>
    public bool FromBody { get; }

    /// <summary>The names, where the path consists of nothing else.</summary>
    public IReadOnlyList<string>? Names => _steps.All(step => step.Name is not null) ? [.. _steps.Select(step => step.Name!)] : null;

    /// <exception cref="FormatException">Not a path; the message says why, and where.</exception>
    public static JsonPath Parse(string text)
    {
        var cursor = new MappingCursor(text);
        var path = Read(cursor);
        return cursor.AtEnd ? path : throw cursor.Wrong("the path ends here; put names with other characters into [\"…\"]");
    }

    /// <summary>Reads as far as the text is a path.</summary>
    public static JsonPath Read(MappingCursor cursor)
    {
        var start = cursor.Position;
        var steps = new List<Step>();
        var fromBody = cursor.Take("$.");
        if (cursor.Peek != '[')
            steps.Add(new Step(cursor.Name(), null));
        Brackets(cursor, steps);
        while (cursor.Take("."))
        {
            steps.Add(new Step(cursor.Name(), null));
            Brackets(cursor, steps);
        }

        if (steps.Count > MappingLimits.Steps)
            throw cursor.Wrong(FormattableString.Invariant($"the path has {steps.Count} steps; at most {MappingLimits.Steps} are followed"));
        return new JsonPath(cursor.From(start), fromBody, steps);
    }

    /// <summary>What stands there, in order; values that are null do not count.</summary>
    public IEnumerable<JsonView> Select(JsonView start)
    {
        IEnumerable<JsonView> found = [start];
        foreach (var step in _steps)
            found = found.SelectMany(step.Follow);
        return found.Where(value => value.Exists);
    }

    private static void Brackets(MappingCursor cursor, List<Step> steps)
    {
        while (cursor.Take("["))
        {
            if (cursor.Take("*]"))
                steps.Add(new Step(null, null));
            else if (cursor.Peek == '"')
                steps.Add(new Step(cursor.Quoted(), null));
            else
                steps.Add(new Step(null, cursor.Index()));
        }
    }

    /// <summary>A member by name, an element by index, or every element.</summary>
    private sealed record Step(string? Name, int? Index)
    {
        public IEnumerable<JsonView> Follow(JsonView from) => (Name, Index) switch
        {
            ({ } name, _) => from.IsObject ? [from[name]] : [],
            _ when !from.IsArray => [],
            (_, { } index) => from.Items().Skip(index).Take(1),
            _ => from.Items(),
        };
    }
}

/// <summary>Bounds of the mapping language. A mapping is written by hand: whoever needs more has made a mistake.</summary>
internal static class MappingLimits
{
    public const int Text = 1_000;
    public const int Steps = 16;
    public const int Index = 9_999;
    public const int Alternatives = 10;
    public const int Holes = 20;
    public const int Pattern = 200;
    public const int Templates = 50;
    public const int Words = 200;

    /// <summary>What a pattern is tried on.</summary>
    public const int Searched = 8_000;

    /// <summary>Text of the whole body is repeated in every alert of its list, so there is less of it.</summary>
    public const int Shared = 2_000;

    public const int SharedLabels = 16_000;
    public const int OwnLabels = 64_000;

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

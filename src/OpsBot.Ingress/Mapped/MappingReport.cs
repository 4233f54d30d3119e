namespace OpsBot.Ingress.Mapped;

/// <summary>Takes the texts of a mapping apart and collects what is wrong with them, each under its key.</summary>
internal sealed class MappingReport(string key)
{
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    public void Add(string field, string problem) => _problems.Add($"{key}.{field}: {problem}");

    public Template? Optional(string field, string? text) => text is null ? null : Try(field, text, Template.Parse);

    public JsonPath? Path(string field, string? text) => text is null ? null : Try(field, text, JsonPath.Parse);

    public IReadOnlyList<Template> Templates(string field, IReadOnlyList<string> texts) => Many(field, texts, Template.Parse);

    public IReadOnlyList<JsonPath> Paths(string field, IReadOnlyList<string> texts) => Many(field, texts, JsonPath.Parse);

    public IReadOnlyDictionary<string, Template> Map(string field, IReadOnlyDictionary<string, string> texts)
    {
        Count(field, texts.Count, MappingLimits.Templates);
        return texts.Select(text => (text.Key, Value: Try($"{field}.{text.Key}", text.Value, Template.Parse)))
            .Where(text => text.Value is not null).ToDictionary(text => text.Key, text => text.Value!);
    }

    public void Count(string field, int count, int max)
    {
        if (count > max)
            Add(field, $"{MappingLimits.Number(count)} entries; at most {MappingLimits.Number(max)} are allowed");
    }

    private List<T> Many<T>(string field, IReadOnlyList<string> texts, Func<string, T> parse)
        where T : class
    {
        Count(field, texts.Count, MappingLimits.Templates);
        return [.. texts.Select((text, index) => Try($"{field}[{MappingLimits.Number(index)}]", text, parse)).OfType<T>()];
    }

    private T? Try<T>(string field, string text, Func<string, T> parse)
        where T : class
    {
        try
        {
            return parse(text);
        }
        catch (FormatException wrong)
        {
            Add(field, wrong.Message);
            return null;
        }
    }
}

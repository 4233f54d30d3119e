namespace OpsBot.Ingress.Reading;

/// <summary>Collects links in order, each once. Only absolute http and https addresses count: the rest is never made clickable.</summary>
internal sealed class LinkList
{
    private readonly List<string> _links = [];

    public IReadOnlyList<string> ToList() => _links;

    public LinkList Add(string? link)
    {
        if (_links.Count < Bounds.Links && IsWeb(link) && !_links.Contains(link!))
            _links.Add(link!);
        return this;
    }

    public LinkList Add(JsonView link) => link.IsText ? Add(link.Text(int.MaxValue)) : this;

    public static bool IsWeb(string? link) =>
        link is { Length: > 8 and <= Bounds.Url }
        && (link.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || link.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        && !link.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));
}

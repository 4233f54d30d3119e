using YamlDotNet.RepresentationModel;

namespace OpsBot.IntegrationTests.Deploy;

/// <summary>Documents of YAML, asked by path: names of maps, numbers of lists.</summary>
internal static class Manifest
{
    public static IReadOnlyList<YamlNode> Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    /// <summary>Null where there is nothing.</summary>
    public static YamlNode? At(this YamlNode? node, params object[] path) => path.Aggregate(node, (found, step) => (found, step) switch
    {
        (YamlMappingNode map, string name) => map.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null,
        (YamlSequenceNode list, int place) => list.Children.ElementAtOrDefault(place),
        _ => null,
    });

    public static string? Text(this YamlNode? node, params object[] path) => (node.At(path) as YamlScalarNode)?.Value;

    public static IEnumerable<YamlNode> Items(this YamlNode? node, params object[] path) => node.At(path) switch
    {
        YamlSequenceNode list => list.Children,
        YamlMappingNode map => map.Children.Values,
        _ => [],
    };

    public static IEnumerable<(string Name, YamlNode Value)> Entries(this YamlNode? node, params object[] path) =>
        node.At(path) is YamlMappingNode map ? map.Children.Select(child => (((YamlScalarNode)child.Key).Value!, child.Value)) : [];

    public static IEnumerable<string> Texts(this YamlNode? node, params object[] path) => node.Items(path).Select(item => item.Text() ?? "");
}

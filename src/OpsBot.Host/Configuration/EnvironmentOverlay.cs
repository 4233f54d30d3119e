using System.Globalization;
using OpsBot.Runtime.Secrets;

namespace OpsBot.Host.Configuration;

/// <summary>
/// Lays environment variables over the file: <c>OPSBOT__SENDERS__PAGERDUTY__SECRETS__0=…</c> is <c>senders.pagerduty.secrets[0]</c>, and
/// <c>…__0_FILE=/run/secrets/x</c> reads the value from that file. An empty variable counts as not set, since compose files hand those on.
/// </summary>
internal sealed class EnvironmentOverlay(MapNode root, string baseFolder, List<ConfigProblem> problems)
{
    internal const string Prefix = "OPSBOT__";
    private const string FileSuffix = "_FILE";

    public void Apply(IReadOnlyDictionary<string, string> environment)
    {
        var names = environment.Keys
            .Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && environment[name].Length > 0)
            .OrderBy(Sortable, StringComparer.Ordinal);
        foreach (var name in names)
        {
            Apply(name, environment[name], environment);
        }
    }

    private void Apply(string name, string text, IReadOnlyDictionary<string, string> environment)
    {
        var origin = new ConfigOrigin($"environment {ShownText.Bound(name)}", 0);
        var path = name[Prefix.Length..];
        var value = new ScalarNode(text, IsSecret: false, origin);
        if (path.EndsWith(FileSuffix, StringComparison.OrdinalIgnoreCase))
        {
            path = path[..^FileSuffix.Length];
            if (environment.TryGetValue(name[..^FileSuffix.Length], out var direct) && direct.Length > 0)
            {
                problems.Add(origin.Problem($"both this and {ShownText.Bound(name[..^FileSuffix.Length])} are set; keep one of them"));
                return;
            }

            var (secret, error) = SecretFile.Read(text, baseFolder);
            if (error is not null)
            {
                problems.Add(origin.Problem(error));
                return;
            }

            value = new ScalarNode(secret, IsSecret: true, origin);
        }

        var segments = path.Split("__");
        if (segments.Length > YamlTree.MaxDepth || segments.Any(segment => segment.Length == 0))
        {
            problems.Add(origin.Problem("the name must be OPSBOT__SECTION__KEY with two underscores between the words"));
            return;
        }

        Put(root, segments, value);
    }

    private void Put(ConfigNode parent, ReadOnlySpan<string> segments, ScalarNode value)
    {
        var segment = segments[0];
        var rest = segments[1..];
        switch (parent)
        {
            case MapNode map:
                var known = map.TryGet(segment, out var entry);
                var key = known ? entry!.Key : segment.ToLowerInvariant();
                var child = rest.IsEmpty ? value : Container(entry?.Value, rest[0], value.Origin);
                map.Set(new ConfigEntry(key, value.Origin, child));
                Descend(child, rest, value);
                break;
            case ListNode list when int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= list.Items.Count:
                var item = rest.IsEmpty ? value : Container(list.Items.ElementAtOrDefault(index), rest[0], value.Origin);
                list.Items.RemoveRange(index, index < list.Items.Count ? 1 : 0);
                list.Items.Insert(index, item);
                Descend(item, rest, value);
                break;
            case ListNode list:
                problems.Add(value.Origin.Problem(
                    $"{ShownText.Quote(segment)} is no place in this list; it has {list.Items.Count} so far, so the next is {list.Items.Count}"));
                break;
        }
    }

    private void Descend(ConfigNode child, ReadOnlySpan<string> rest, ScalarNode value)
    {
        if (!rest.IsEmpty)
        {
            Put(child, rest, value);
        }
    }

    /// <summary>The name with the places of lists filled up with zeros, so that 10 comes after 9.</summary>
    private static string Sortable(string name) => string.Join("__", name.ToUpperInvariant().Split("__").Select(segment =>
        segment.TakeWhile(char.IsAsciiDigit).Count() is > 0 and var digits ? segment.PadLeft(segment.Length - digits + 10, '0') : segment));

    private static ConfigNode Container(ConfigNode? existing, string next, ConfigOrigin origin) => existing switch
    {
        MapNode or ListNode => existing,
        _ => next.All(char.IsAsciiDigit) ? new ListNode([], origin) : new MapNode(origin),
    };
}

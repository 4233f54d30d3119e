using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("OpsBot.Tests")]

namespace OpsBot.Host.Configuration;

/// <summary>Where a value was written: a line of the file, or an environment variable (line 0).</summary>
internal sealed record ConfigOrigin(string File, int Line)
{
    public ConfigProblem Problem(string message) => new(File, Line, message);
}

/// <summary>The configuration as it was written, each node with its origin; file and environment merged.</summary>
internal abstract record ConfigNode(ConfigOrigin Origin);

/// <summary>A value; null where the key stands without one, which means "the default".</summary>
/// <param name="IsSecret">The text was read from a secret file, so it is never shown.</param>
internal sealed record ScalarNode(string? Value, bool IsSecret, ConfigOrigin Origin) : ConfigNode(Origin);

internal sealed record ListNode(List<ConfigNode> Items, ConfigOrigin Origin) : ConfigNode(Origin);

internal sealed record ConfigEntry(string Key, ConfigOrigin KeyOrigin, ConfigNode Value);

internal sealed record MapNode(ConfigOrigin Origin) : ConfigNode(Origin)
{
    // IConfiguration ignores case, so two keys that differ only in case are one key here too
    private readonly OrderedDictionary<string, ConfigEntry> _entries = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<ConfigEntry> Entries => _entries.Values;

    public bool TryGet(string key, [NotNullWhen(true)] out ConfigEntry? entry) => _entries.TryGetValue(key, out entry);

    public void Set(ConfigEntry entry) => _entries[entry.Key] = entry;

    /// <summary>The node at a dotted path such as <c>evidence.prometheus[1].url</c>; null where nothing was written there.</summary>
    public ConfigNode? Find(string path)
    {
        ConfigNode? node = this;
        foreach (var segment in path.Split('.'))
        {
            var at = segment.EndsWith(']') ? segment.IndexOf('[', StringComparison.Ordinal) : -1;
            node = node is MapNode map && map.TryGet(at < 0 ? segment : segment[..at], out var entry) ? entry.Value : null;
            if (at >= 0)
            {
                node = node is ListNode list && int.TryParse(segment.AsSpan(at + 1, segment.Length - at - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    ? list.Items.ElementAtOrDefault(index)
                    : null;
            }
        }

        return node;
    }
}

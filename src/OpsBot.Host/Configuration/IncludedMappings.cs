using OpsBot.Ingress;

namespace OpsBot.Host.Configuration;

/// <summary>
/// Puts the mappings of the files that <c>senders.include</c> names into the one tree, each value with its own file and line, so that whatever is wrong
/// with it later is told there.
/// </summary>
internal sealed class IncludedMappings(MapNode root, List<ConfigProblem> problems)
{
    public const string MappingsKey = "mappings";

    /// <param name="folder">Absolute: where the configuration file is.</param>
    public void Merge(string folder)
    {
        if (root.Find(SendersOptions.Section) is not MapNode senders || !senders.TryGet("include", out var include))
        {
            return;
        }

        var found = senders.TryGet(MappingsKey, out var written);
        var mappings = written?.Value as MapNode ?? new MapNode(include.KeyOrigin);
        if (found && written!.Value is not (MapNode or ScalarNode { Value: null }))
        {
            // not a map: the binder names it
            return;
        }

        foreach (var file in new IncludedFiles($"{SendersOptions.Section}.include", problems).Of(include.Value, folder))
        {
            if (OpsBotConfiguration.ReadFile(file, problems) is { } included)
            {
                foreach (var mapping in MappingsOf(included, problems))
                {
                    Add(mapping, mappings);
                }
            }
        }

        senders.Set(new ConfigEntry(MappingsKey, written?.KeyOrigin ?? include.KeyOrigin, mappings));
    }

    /// <summary>What a file of mappings holds; anything else in it is a problem.</summary>
    public static IEnumerable<ConfigEntry> MappingsOf(MapNode file, List<ConfigProblem> problems)
    {
        foreach (var entry in file.Entries)
        {
            if (!entry.Key.Equals(MappingsKey, StringComparison.OrdinalIgnoreCase))
            {
                problems.Add(OptionsBinder.Unknown(entry, entry.Key, [MappingsKey]));
            }
            else if (entry.Value is not MapNode)
            {
                problems.Add(entry.KeyOrigin.Problem($"{MappingsKey}: expects mappings by name below it"));
            }
        }

        return file.TryGet(MappingsKey, out var mappings) && mappings.Value is MapNode map ? map.Entries : [];
    }

    private void Add(ConfigEntry mapping, MapNode mappings)
    {
        if (mappings.TryGet(mapping.Key, out var first))
        {
            problems.Add(mapping.KeyOrigin.Problem(FormattableString.Invariant(
                $"the mapping {ShownText.Quote(mapping.Key)} stands twice, first in {first.KeyOrigin.File} line {first.KeyOrigin.Line}; keep one of them")));
            return;
        }

        mappings.Set(mapping);
    }
}

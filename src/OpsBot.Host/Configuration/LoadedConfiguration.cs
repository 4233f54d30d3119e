using System.Globalization;

namespace OpsBot.Host.Configuration;

/// <summary>The configuration as it was written: file and environment merged, each value with its place.</summary>
public sealed class LoadedConfiguration
{
    internal LoadedConfiguration(string? file, MapNode? root, IReadOnlyList<ConfigProblem> problems)
    {
        File = file;
        Problems = problems;
        IsReadable = root is not null;
        Root = root ?? new MapNode(new ConfigOrigin(file ?? OpsBotConfiguration.FileName, 0));
        Configuration = new ConfigurationBuilder().AddInMemoryCollection(Flatten(Root, "")).Build();
    }

    /// <summary>The file as it was named; null where there is none and defaults apply.</summary>
    public string? File { get; }

    /// <summary>False where the text could not be taken apart at all; <see cref="Problems"/> says why.</summary>
    public bool IsReadable { get; }

    /// <summary>What was found while reading, before any section was looked at.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; }

    /// <summary>The same values under <c>section:key:0</c>, as text; for the parts of ASP.NET that want it. It holds the secrets too.</summary>
    public IConfiguration Configuration { get; }

    internal MapNode Root { get; }

    /// <summary>The line that a dotted key such as <c>evidence.prometheus.url</c> stands in; 0 where it is set by the environment or not at all.</summary>
    public int LineOf(string key) => Root.Find(key)?.Origin.Line ?? 0;

    /// <summary>Every value that must not be shown: read from a secret file, or under a key that sounds like one.</summary>
    internal IReadOnlySet<string> Secrets()
    {
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        Collect(Root, "");
        return secrets;

        void Collect(ConfigNode node, string path)
        {
            switch (node)
            {
                // a number or a duration under such a key (maxConnections) is none, and would be cut out of every message that names it
                case ScalarNode { Value: { } value } scalar when scalar.IsSecret || (ShownText.MayBeSecret(path) && value.Length > 5 && value.Any(char.IsLetter)):
                    secrets.Add(value);
                    break;
                case ListNode list:
                    list.Items.ForEach(item => Collect(item, path));
                    break;
                case MapNode map:
                    foreach (var entry in map.Entries)
                    {
                        Collect(entry.Value, $"{path}.{entry.Key}");
                    }

                    break;
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Flatten(ConfigNode node, string path) => node switch
    {
        ScalarNode { Value: { } value } => [KeyValuePair.Create(path, (string?)value)],
        ListNode list => list.Items.SelectMany((item, index) => Flatten(item, Join(path, index.ToString(CultureInfo.InvariantCulture)))),
        MapNode map => map.Entries.SelectMany(entry => Flatten(entry.Value, Join(path, entry.Key))),
        _ => [],
    };

    private static string Join(string path, string key) => path.Length == 0 ? key : ConfigurationPath.Combine(path, key);
}

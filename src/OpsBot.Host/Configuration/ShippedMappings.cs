using System.Reflection;
using OpsBot.Ingress;
using OpsBot.Ingress.Mapped;

namespace OpsBot.Host.Configuration;

/// <summary>The mappings of deploy/senders, which are in the program: naming one is enough, and a copy of its file can be included and changed.</summary>
internal static class ShippedMappings
{
    private const string Folder = "senders/";

    private static readonly Lazy<MappingLibrary> Loaded = new(Load);

    public static MappingLibrary Library => Loaded.Value;

    private static MappingLibrary Load()
    {
        var mappings = new Dictionary<string, MappingOptions>(StringComparer.OrdinalIgnoreCase);
        var problems = new List<ConfigProblem>();
        var assembly = typeof(ShippedMappings).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            if (YamlTree.Read(Text(assembly, name), name, Directory.GetCurrentDirectory(), problems) is not { } file)
            {
                continue;
            }

            foreach (var entry in IncludedMappings.MappingsOf(file, problems))
            {
                var mapping = new MappingOptions();
                new OptionsBinder([], problems).Bind(mapping, entry.Value, $"{SendersOptions.Section}.{IncludedMappings.MappingsKey}.{entry.Key}");
                mappings.Add(entry.Key, mapping);
            }
        }

        return problems.Count == 0 ? new MappingLibrary(mappings) : throw new InvalidOperationException($"A mapping that ships is wrong: {problems[0]}");
    }

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}

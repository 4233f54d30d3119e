namespace OpsBot.Ingress.Mapped;

/// <summary>The mappings that ship with the program. One of the same name in the configuration goes before it.</summary>
public sealed class MappingLibrary(IReadOnlyDictionary<string, MappingOptions> mappings)
{
    public static MappingLibrary Empty { get; } = new(new Dictionary<string, MappingOptions>());

    public IReadOnlyDictionary<string, MappingOptions> Mappings { get; } = mappings;

    internal MappingOptions? Find(SendersOptions options, string name) =>
        options.Mappings.GetValueOrDefault(name) ?? Mappings.GetValueOrDefault(name);

    internal IEnumerable<string> Names(SendersOptions options) =>
        Mappings.Keys.Concat(options.Mappings.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal);

    /// <summary>Every sender that can be read: the configured ones, and for each mapping one of its name, for trying it and for the quarantine.</summary>
    internal IReadOnlyList<SenderDefinition> Senders(SendersOptions options) =>
    [
        .. options.Mapped.Select(sender => Definition(sender.Key, sender.Value?.Mapping ?? sender.Key)),
        .. Names(options).Where(name => !options.Mapped.ContainsKey(name) && !IsTaken(name)).Select(name => Definition(name, name)),
    ];

    private SenderDefinition Definition(string source, string mapping) => new(
        source,
        all => all.Mapped.GetValueOrDefault(source),
        all => new MappedFormat(
            source,
            Mapping.Of(Find(all, mapping) ?? throw new InvalidOperationException($"There is no mapping '{mapping}'."), all.Mapped.GetValueOrDefault(source))),
        (own, _) => MappedAuthentication.Of((MappedSenderOptions)own));

    private static bool IsTaken(string name) => Ingress.Senders.All.Any(sender => sender.Source.Equals(name, StringComparison.OrdinalIgnoreCase));
}

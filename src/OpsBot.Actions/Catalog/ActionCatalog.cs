using Microsoft.Extensions.Options;

namespace OpsBot.Actions.Catalog;

/// <summary>The actions of the configuration, in the order of their names.</summary>
internal sealed class ActionCatalog : IActionCatalog
{
    private readonly Dictionary<string, ActionDefinition> _byName;

    /// <exception cref="OptionsValidationException">The configuration does not hold.</exception>
    public ActionCatalog(IOptions<ActionsOptions> options) : this(options.Value)
    {
    }

    internal ActionCatalog(ActionsOptions options)
    {
        All =
        [
            .. options.Catalog.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => DefinitionBuilder.Build(pair.Key, pair.Value, options.Path, options.Hosts)),
        ];
        _byName = All.ToDictionary(action => action.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<ActionDefinition> All { get; }

    public ActionDefinition? Find(string name) => _byName.GetValueOrDefault(name);
}

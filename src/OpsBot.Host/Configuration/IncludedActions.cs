using OpsBot.Actions.Catalog;

namespace OpsBot.Host.Configuration;

/// <summary>
/// Puts the catalogs of the files that <c>actions.include</c> names into the one tree, each value with its own file and line, so that whatever is wrong
/// with it later is told there. Every action also learns in which folder it was written.
/// </summary>
internal sealed class IncludedActions(MapNode root, List<ConfigProblem> problems)
{
    private const string CatalogKey = "catalog";
    private const string FolderKey = "folder";

    /// <param name="folder">Absolute: where the configuration file is.</param>
    public void Merge(string folder)
    {
        if (root.Find(ActionsOptions.Section) is not MapNode actions)
        {
            return;
        }

        var catalog = actions.TryGet(CatalogKey, out var written) ? written.Value as MapNode : new MapNode(actions.Origin);
        if (catalog is null)
        {
            // an empty 'catalog:' is one without actions; anything else the binder names
            if (written!.Value is not ScalarNode { Value: null })
            {
                return;
            }

            catalog = new MapNode(written.KeyOrigin);
        }

        foreach (var entry in catalog.Entries)
        {
            Place(entry.Value, folder);
        }

        foreach (var file in new IncludedFiles("actions.include", problems).Of(root.Find("actions.include"), folder))
        {
            Include(file, catalog);
        }

        actions.Set(new ConfigEntry(CatalogKey, written?.KeyOrigin ?? actions.Origin, catalog));
    }

    private void Include(string file, MapNode catalog)
    {
        if (OpsBotConfiguration.ReadFile(file, problems) is not { } included)
        {
            return;
        }

        foreach (var entry in included.Entries)
        {
            if (!entry.Key.Equals(CatalogKey, StringComparison.OrdinalIgnoreCase))
            {
                problems.Add(OptionsBinder.Unknown(entry, entry.Key, [CatalogKey]));
            }
            else if (entry.Value is not MapNode actions)
            {
                problems.Add(entry.KeyOrigin.Problem("catalog: expects actions by name below it"));
            }
            else
            {
                foreach (var action in actions.Entries)
                {
                    Add(action, catalog, Path.GetDirectoryName(file)!);
                }
            }
        }
    }

    private void Add(ConfigEntry action, MapNode catalog, string folder)
    {
        if (catalog.TryGet(action.Key, out var first))
        {
            problems.Add(action.KeyOrigin.Problem(FormattableString.Invariant(
                $"the action {ShownText.Quote(action.Key)} stands twice, first in {first.KeyOrigin.File} line {first.KeyOrigin.Line}; keep one of them")));
            return;
        }

        Place(action.Value, folder);
        catalog.Set(action);
    }

    private void Place(ConfigNode action, string folder)
    {
        if (action is not MapNode map)
        {
            return;
        }

        foreach (var entry in map.Entries.Where(entry => !entry.Key.Equals("environment", StringComparison.OrdinalIgnoreCase)))
        {
            RefuseSecrets(entry.Value);
        }

        var own = map.TryGet(FolderKey, out var written) && written.Value is ScalarNode { Value: { } text } ? Path.GetFullPath(text, folder) : folder;
        var origin = written?.Value.Origin ?? map.Origin;
        map.Set(new ConfigEntry(FolderKey, origin, new ScalarNode(own, IsSecret: false, origin)));
    }

    private void RefuseSecrets(ConfigNode node)
    {
        switch (node)
        {
            case ScalarNode { IsSecret: true }:
                problems.Add(node.Origin.Problem(
                    "a secret cannot stand here: what is approved is shown, and everybody on this machine can read arguments; let the program read the file, or put it into environment"));
                break;
            case ListNode list:
                list.Items.ForEach(RefuseSecrets);
                break;
            case MapNode map:
                foreach (var entry in map.Entries)
                {
                    RefuseSecrets(entry.Value);
                }

                break;
        }
    }
}

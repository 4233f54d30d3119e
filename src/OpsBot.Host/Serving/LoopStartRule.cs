using Microsoft.Extensions.Options;
using OpsBot.Actions.Catalog;
using OpsBot.Host.Configuration;
using OpsBot.Watches.Declared;

namespace OpsBot.Host.Serving;

/// <summary>What an action goes on until can be reached: its watch is of a training run, has a target, and begins with each job.</summary>
internal sealed class LoopStartRule(IOptions<WatchesOptions> watches, IEnumerable<IActionCatalog> catalogs) : IStartRule
{
    public string Section => "actions";

    public IEnumerable<string> Problems()
    {
        foreach (var action in catalogs.SelectMany(catalog => catalog.All))
        {
            if (action.Loop is not { } loop)
            {
                continue;
            }

            var watch = watches.Value.Find(one => one.Name.Equals(loop.Watch, StringComparison.OrdinalIgnoreCase));
            var problem = watch switch
            {
                null => "is not under 'watches'",
                { Training: null } => "watches no training run",
                { Training.Target: null } => "has no target",
                { Start.Event: null } => "does not begin with a job; set start.event",
                _ => null,
            };
            if (problem is not null)
            {
                yield return $"actions.catalog.{action.Name}.loop.watch: '{loop.Watch}' {problem}.";
            }
        }
    }
}

using Microsoft.Extensions.Options;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Gates;
using OpsBot.Handlers;
using OpsBot.Host.Configuration;

namespace OpsBot.Host.Serving;

/// <summary>Every gate that is used can be asked, and OpsBot's own account cannot change what it says.</summary>
internal sealed class GateStartRule(IOptions<GateOptions> options, IOptions<ServeOptions> serve, GateFiles files, IGateKeeper keeper, IEnumerable<IActionCatalog> catalogs) : IStartRule
{
    public string Section => "gates";

    public IEnumerable<string> Problems()
    {
        if (!serve.Value.Roles.Contains(HostRole.Worker))
        {
            // no gate is asked here
            yield break;
        }

        var used = catalogs.SelectMany(catalog => catalog.All)
            .SelectMany(action => action.GatesBeforeProposal.Concat(action.GatesBefore).Concat(action.GatesAfter))
            .Concat(options.Value.BeforeClose).Distinct(StringComparer.Ordinal).ToList();
        foreach (var gate in used)
        {
            if (keeper.Problem(gate) is { } problem)
            {
                yield return $"gate '{gate}' {problem}";
            }
        }

        if (used.Count > 0 && !options.Value.Insecure && GateGuard.Problem(files, used) is { } open)
        {
            yield return $"the gates in '{files.Folder}' {open}";
        }
    }
}

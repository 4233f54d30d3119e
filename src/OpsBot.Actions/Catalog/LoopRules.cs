namespace OpsBot.Actions.Catalog;

/// <summary>What must hold of an action that goes on by itself.</summary>
internal static class LoopRules
{
    public static IEnumerable<string> Problems(string key, ActionOptions action)
    {
        if (action.Loop is not { } loop)
        {
            yield break;
        }

        if (!action.Parameters.TryGetValue(loop.Over, out var parameter))
        {
            yield return $"{key}.loop.over: '{loop.Over}' is no parameter; there are {CatalogRules.Listed(action.Parameters.Keys)}.";
            yield break;
        }

        var isSound = true;
        for (var i = 0; i < loop.Values.Count; i++)
        {
            if (loop.Values.IndexOf(loop.Values[i]) < i)
            {
                isSound = false;
                yield return $"{key}.loop.values[{i}]: '{loop.Values[i]}' is there already; no setting is tried twice.";
            }
            else if (ArgumentCheck.Problem(DefinitionBuilder.Parameter(loop.Over, parameter), loop.Values[i]) is { } problem)
            {
                isSound = false;
                yield return $"{key}.loop.values[{i}]: {problem}";
            }
        }

        if (isSound && action.Risk == RiskOption.Reversible)
        {
            yield return $"{key}.loop: what one run began is not taken back when a later one goes wrong; write risk: irreversible.";
        }
    }
}

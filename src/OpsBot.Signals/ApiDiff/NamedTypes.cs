namespace OpsBot.Signals.ApiDiff;

/// <summary>Who writes each named type, by what leads to it.</summary>
internal static class NamedTypes
{
    /// <param name="roots">Names with the direction that they have of themselves.</param>
    public static Dictionary<string, ApiDirection> Directions(ApiDescription api, IEnumerable<(string Name, ApiDirection Direction)> roots)
    {
        var known = new Dictionary<string, ApiDirection>(StringComparer.Ordinal);
        var waiting = new Queue<(string Name, ApiDirection Direction)>(roots);
        while (waiting.TryDequeue(out var next))
        {
            var before = known.GetValueOrDefault(next.Name);
            if (before.HasFlag(next.Direction) || !api.Types.TryGetValue(next.Name, out var type))
            {
                continue;
            }

            known[next.Name] = before | next.Direction;
            foreach (var field in type.Fields.Values)
            {
                waiting.Enqueue((Inner(field.Type), next.Direction));
                foreach (var argument in field.Arguments.Values)
                {
                    waiting.Enqueue((Inner(argument.Type), ApiDirection.Request));
                }
            }

            foreach (var option in type.Options)
            {
                waiting.Enqueue((Inner(option), next.Direction));
            }
        }

        return known;
    }

    /// <summary>What a list is of, however deep.</summary>
    public static string Inner(ApiType type)
    {
        while (type.Element is { } element)
        {
            type = element;
        }

        return type.Reference ?? "";
    }
}

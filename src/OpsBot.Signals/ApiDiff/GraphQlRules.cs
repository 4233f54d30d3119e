namespace OpsBot.Signals.ApiDiff;

/// <summary>GraphQL: who asks names every field, so whatever goes is missed; what is answered may become surer, what is asked may become looser.</summary>
internal sealed class GraphQlRules(ApiDescription before, ApiDescription after, ChangeList found)
{
    private readonly Dictionary<string, ApiDirection> _directions = NamedTypes.Directions(
        before, before.Types.Where(each => each.Value.Sort is "type" or "interface" or "union").Select(each => (each.Key, ApiDirection.Response))
            .Concat(before.Types.Where(each => each.Value.Sort == "input").Select(each => (each.Key, ApiDirection.Request))));

    public void Compare()
    {
        foreach (var (name, old) in before.Types)
        {
            var path = ApiPath.Root.To(name);
            if (!after.Types.TryGetValue(name, out var now))
            {
                found.Breaking("type-removed", path, name, "removed the type {}");
            }
            else if (old.Sort != now.Sort)
            {
                found.Breaking("type-changed", path, name, $"changed {{}} from {old.Sort} to {now.Sort}");
            }
            else
            {
                Type(old, now, path);
            }
        }
    }

    private void Type(ApiType old, ApiType now, ApiPath path)
    {
        switch (old.Sort)
        {
            case "enum":
                Values(old, now, path, _directions.GetValueOrDefault(old.Name!, ApiDirection.Both));
                break;
            case "input":
                Inputs(old.Fields, now.Fields, path, "field");
                break;
            default:
                Fields(old, now, path);
                Members(old, now, path);
                break;
        }
    }

    private void Values(ApiType old, ApiType now, ApiPath path, ApiDirection direction)
    {
        foreach (var value in old.Values!.Keys.Where(value => !now.Values!.ContainsKey(value)))
        {
            // who only reads it never sees it again, but may name it in his code
            found.Add(
                direction.HasFlag(ApiDirection.Request) ? Contracts.Apis.ApiChangeSeverity.Breaking : Contracts.Apis.ApiChangeSeverity.Maybe,
                "enum-value-removed", path.To(value), value, $"removed {{}} from {old.Name}");
        }

        foreach (var value in now.Values!.Keys.Where(value => !old.Values!.ContainsKey(value) && direction.HasFlag(ApiDirection.Response)))
        {
            found.Maybe("enum-value-added", path.To(value), value, $"may now answer {{}} for {old.Name}");
        }
    }

    private void Fields(ApiType old, ApiType now, ApiPath path)
    {
        var gone = old.Fields.Values.Where(field => !now.Fields.ContainsKey(field.Name)).ToList();
        var fresh = now.Fields.Values.Where(field => !old.Fields.ContainsKey(field.Name)).ToList();
        foreach (var field in gone)
        {
            found.Breaking("field-removed", path.To(field.Name), field.Name, "removed {}", hint: Renames.Hint(field, gone, fresh));
        }

        foreach (var was in old.Fields.Values.Where(field => now.Fields.ContainsKey(field.Name)))
        {
            var (next, here) = (now.Fields[was.Name], path.To(was.Name));
            Changed(was.Type, next.Type, here, was.Name, Fits(old: was.Type, now: next.Type));
            Inputs(was.Arguments, next.Arguments, here, "argument");
        }
    }

    /// <summary>Fields of an input, or arguments of a field: the caller gives them.</summary>
    private void Inputs(IReadOnlyDictionary<string, ApiField> old, IReadOnlyDictionary<string, ApiField> now, ApiPath path, string what)
    {
        var gone = old.Values.Where(field => !now.ContainsKey(field.Name)).ToList();
        var fresh = now.Values.Where(field => !old.ContainsKey(field.Name)).ToList();
        foreach (var field in gone)
        {
            found.Breaking($"{what}-removed", path.To(field.Name), field.Name, $"removed the {what} {{}}", hint: Renames.Hint(field, gone, fresh));
        }

        foreach (var field in fresh.Where(field => field.Required))
        {
            found.Breaking($"{what}-required", path.To(field.Name), field.Name, $"added the required {what} {{}}");
        }

        foreach (var was in old.Values.Where(field => now.ContainsKey(field.Name)))
        {
            var (next, here) = (now[was.Name], path.To(was.Name));
            if (Fits(old: next.Type, now: was.Type))
            {
                continue;
            }

            // a default stands in where nothing is given, but not where null is
            if (was.Type.Nullable && !next.Type.Nullable && Fits(old: Nullable(next.Type), now: was.Type))
            {
                found.Add(
                    next.HasDefault ? Contracts.Apis.ApiChangeSeverity.Maybe : Contracts.Apis.ApiChangeSeverity.Breaking,
                    "became-required", here, was.Name, $"made the {what} {{}} required");
            }
            else
            {
                Changed(was.Type, next.Type, here, was.Name, fits: false);
            }
        }
    }

    private void Changed(ApiType was, ApiType next, ApiPath path, string subject, bool fits)
    {
        if (!fits)
        {
            found.Breaking(Text(was).TrimEnd('!') == Text(next).TrimEnd('!') ? "nullable" : "type-changed", path, subject, $"changed the type of {{}} from {Text(was)} to {Text(next)}");
        }
    }

    /// <summary>Whoever could take the old one can take the new one: nothing in it may be null that could not be.</summary>
    private static bool Fits(ApiType old, ApiType now)
    {
        for (var (a, b) = (old, now); ; (a, b) = (a.Element!, b.Element!))
        {
            if (b.Nullable && !a.Nullable)
            {
                return false;
            }

            if (a.Element is null || b.Element is null)
            {
                return a.Element is null && b.Element is null && a.Reference == b.Reference;
            }
        }
    }

    private static ApiType Nullable(ApiType type) => new() { Reference = type.Reference, Element = type.Element, Nullable = true };

    private static string Text(ApiType type) => (type.Element is { } element ? $"[{Text(element)}]" : type.Reference) + (type.Nullable ? "" : "!");

    /// <summary>Members of a union, and interfaces of a type.</summary>
    private void Members(ApiType old, ApiType now, ApiPath path)
    {
        var (was, next) = (old.Options.Select(NamedTypes.Inner).ToHashSet(StringComparer.Ordinal), now.Options.Select(NamedTypes.Inner).ToHashSet(StringComparer.Ordinal));
        foreach (var name in was.Except(next))
        {
            found.Breaking(old.Sort == "union" ? "member-removed" : "interface-removed", path.To(name), name, $"removed {{}} from {old.Name}");
        }

        foreach (var name in next.Except(was).Where(_ => old.Sort == "union"))
        {
            found.Maybe("member-added", path.To(name), name, $"may now answer {{}} for {old.Name}");
        }
    }
}

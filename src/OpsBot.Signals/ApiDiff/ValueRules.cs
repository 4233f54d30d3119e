using OpsBot.Contracts.Apis;

namespace OpsBot.Signals.ApiDiff;

/// <summary>What a single value may be: its type, null, a list of values, bounds.</summary>
internal sealed class ValueRules(ChangeList found)
{
    /// <returns>False where the two have nothing in common, so that nothing in them is worth a comparison.</returns>
    public bool Compare(ApiType old, ApiType now, ApiDirection direction, ApiPath path, string subject)
    {
        Null(old, now, direction, path, subject);
        if (!Type(old, now, direction, path, subject))
        {
            return false;
        }

        Enumeration(old, now, direction, path, subject);
        Bounds(old, now, direction, path, subject);
        return true;
    }

    private void Null(ApiType old, ApiType now, ApiDirection direction, ApiPath path, string subject)
    {
        if (old.Nullable && !now.Nullable && direction.HasFlag(ApiDirection.Request) && now.Scalars.Count > 0)
        {
            found.Breaking("not-nullable", path, subject, "no longer takes null for {}");
        }

        if (!old.Nullable && now.Nullable && direction.HasFlag(ApiDirection.Response) && old.Scalars.Count > 0)
        {
            found.Add(Widened(direction), "nullable", path, subject, "may now answer null for {}");
        }
    }

    private bool Type(ApiType old, ApiType now, ApiDirection direction, ApiPath path, string subject)
    {
        var (narrowed, widened) = (!Covers(now, old), !Covers(old, now));
        var done = $"changed the type of {{}} from {old.Shown} to {now.Shown}";
        if (narrowed && widened && !old.Scalars.Any(scalar => Takes(now, scalar)))
        {
            found.Breaking("type-changed", path, subject, done);
            return false;
        }

        if (narrowed && direction.HasFlag(ApiDirection.Request))
        {
            found.Breaking("type-narrowed", path, subject, done);
        }
        else if (widened && direction.HasFlag(ApiDirection.Response))
        {
            found.Add(Widened(direction), "type-widened", path, subject, done);
        }
        else if (!narrowed && !widened && FormatMatters(old.ScalarFormat, now.ScalarFormat, direction))
        {
            found.Maybe("format-changed", path, subject, done);
        }

        return true;
    }

    /// <summary>Every value of the other's types is one of its own.</summary>
    private static bool Covers(ApiType one, ApiType other) => one.Scalars.Count == 0 || (other.Scalars.Count > 0 && other.Scalars.All(scalar => Takes(one, scalar)));

    private static bool Takes(ApiType type, string scalar) => type.Scalars.Count == 0 || type.Scalars.Contains(scalar) || (scalar == "integer" && type.Scalars.Contains("number"));

    private static bool FormatMatters(string? old, string? now, ApiDirection direction) => (old, now) switch
    {
        ("int32", "int64") or ("float", "double") => direction.HasFlag(ApiDirection.Response),
        ("int64", "int32") or ("double", "float") => direction.HasFlag(ApiDirection.Request),
        (null, not null) => direction.HasFlag(ApiDirection.Request),
        (not null, null) => direction.HasFlag(ApiDirection.Response),
        _ => old != now,
    };

    private void Enumeration(ApiType old, ApiType now, ApiDirection direction, ApiPath path, string subject)
    {
        if (old.Values is null && now.Values is { } only)
        {
            if (direction.HasFlag(ApiDirection.Request))
            {
                found.Breaking("enum-introduced", path, subject, $"takes only {Listed(only.Keys)} for {{}}");
            }
        }
        else if (old.Values is { } before && now.Values is null)
        {
            if (direction.HasFlag(ApiDirection.Response))
            {
                found.Maybe("enum-dropped", path, subject, "no longer restricts {} to certain values");
            }
        }
        else if (old.Values is { } was && now.Values is { } next)
        {
            foreach (var value in was.Keys.Where(value => !next.ContainsKey(value) && direction.HasFlag(ApiDirection.Request)))
            {
                found.Breaking("enum-value-removed", path, value, $"no longer takes {{}} for {subject}");
            }

            foreach (var value in next.Keys.Where(value => !was.ContainsKey(value) && direction.HasFlag(ApiDirection.Response)))
            {
                found.Maybe("enum-value-added", path, value, $"may now answer {{}} for {subject}");
            }
        }
    }

    private void Bounds(ApiType old, ApiType now, ApiDirection direction, ApiPath path, string subject)
    {
        if (!direction.HasFlag(ApiDirection.Request))
        {
            return;
        }

        var severity = direction == ApiDirection.Request ? ApiChangeSeverity.Breaking : ApiChangeSeverity.Maybe;
        foreach (var (name, bound) in now.Least.Where(bound => bound.Value > old.Least.GetValueOrDefault(bound.Key, double.NegativeInfinity) && !(bound.Value <= 0 && bound.Key.StartsWith("min", StringComparison.Ordinal) && bound.Key != "minimum")))
        {
            found.Add(severity, "bound-tightened", path, subject, $"raised {name} of {{}} to {bound.ToString(System.Globalization.CultureInfo.InvariantCulture)}");
        }

        foreach (var (name, bound) in now.Most.Where(bound => bound.Value < old.Most.GetValueOrDefault(bound.Key, double.PositiveInfinity)))
        {
            found.Add(severity, "bound-tightened", path, subject, $"lowered {name} of {{}} to {bound.ToString(System.Globalization.CultureInfo.InvariantCulture)}");
        }

        if (now.Pattern is not null && now.Pattern != old.Pattern)
        {
            found.Maybe("pattern-changed", path, subject, "changed the pattern of {}");
        }
    }

    private static string Listed(IEnumerable<string> values)
    {
        var all = values.ToList();
        return string.Join(", ", all.Take(5)) + (all.Count > 5 ? $" and {all.Count - 5} more" : "");
    }

    private static ApiChangeSeverity Widened(ApiDirection direction) => direction == ApiDirection.Response ? ApiChangeSeverity.Breaking : ApiChangeSeverity.Maybe;
}

using OpsBot.Contracts.Apis;

namespace OpsBot.Signals.ApiDiff;

/// <summary>
/// Types that are compared by what they are made of. Who writes a value must not find less allowed than before, and who reads one must not find more in it.
/// Each pair of types is compared once for a direction, so types that contain themselves come to an end.
/// </summary>
internal sealed class TypeRules(ChangeList found)
{
    /// <summary>Deeper than anybody nests; what is below is not compared.</summary>
    private const int MaxDepth = 200;

    private readonly HashSet<(ApiType, ApiType, ApiDirection)> _compared = [];
    private readonly ValueRules _values = new(found);
    private int _depth;

    /// <param name="name">Of the field that has the type; null where it is no field's.</param>
    public void Compare(ApiType old, ApiType now, ApiDirection direction, ApiPath path, string? name = null)
    {
        if (_depth >= MaxDepth || !_compared.Add((old, now, direction)))
        {
            return;
        }

        _depth++;
        var subject = name ?? old.Name ?? "value";
        if (_values.Compare(old, now, direction, path, subject))
        {
            Fields(old, now, direction, path);
            Alternatives(old, now, direction, path, subject);
            if (old.Element is { } element && now.Element is { } nowElement)
            {
                Compare(element, nowElement, direction, path.To("[]"), name);
            }

            if (old.Rest is { } rest && now.Rest is { } nowRest)
            {
                Compare(rest, nowRest, direction, path.To("{*}"));
            }
        }

        _depth--;
    }

    private void Fields(ApiType old, ApiType now, ApiDirection direction, ApiPath path)
    {
        // what the other side only sends is no part of what this one does
        bool Travels(ApiField field) => direction switch
        {
            ApiDirection.Request => !field.ReadOnly,
            ApiDirection.Response => !field.WriteOnly,
            _ => true,
        };
        var gone = old.Fields.Values.Where(field => Travels(field) && !now.Fields.ContainsKey(field.Name)).ToList();
        var fresh = now.Fields.Values.Where(field => Travels(field) && !old.Fields.ContainsKey(field.Name)).ToList();
        foreach (var field in gone)
        {
            var severity = direction == ApiDirection.Request && !now.Closed ? ApiChangeSeverity.Maybe : ApiChangeSeverity.Breaking;
            found.Add(severity, "field-removed", path.To(field.Name), field.Name, "removed {}", hint: Renames.Hint(field, gone, fresh));
        }

        foreach (var field in fresh.Where(field => field.Required && direction.HasFlag(ApiDirection.Request) && !field.HasDefault))
        {
            found.Breaking("field-required", path.To(field.Name), field.Name, "added {} as a required field");
        }

        foreach (var (name, was) in old.Fields)
        {
            if (!now.Fields.TryGetValue(name, out var next) || !(Travels(was) && Travels(next)))
            {
                continue;
            }

            var here = path.To(name);
            if (next.Required && !was.Required && direction.HasFlag(ApiDirection.Request) && !next.HasDefault)
            {
                found.Breaking("became-required", here, name, "made {} required");
            }

            if (was.Required && !next.Required && direction.HasFlag(ApiDirection.Response))
            {
                found.Add(direction == ApiDirection.Response ? ApiChangeSeverity.Breaking : ApiChangeSeverity.Maybe, "became-optional", here, name, "made {} optional");
            }

            Compare(was.Type, next.Type, direction, here, name);
        }

        if (now.Closed && !old.Closed && old.Rest is null && direction.HasFlag(ApiDirection.Request))
        {
            found.Maybe("closed", path, old.Name ?? "object", "no longer takes fields that are not described", []);
        }
    }

    /// <summary>Alternatives are the same where their names are, else where they stand at the same place.</summary>
    private void Alternatives(ApiType old, ApiType now, ApiDirection direction, ApiPath path, string subject)
    {
        if (old.Options.Count == 0 && now.Options.Count == 0)
        {
            return;
        }

        if (old.Options.Count == 0 || now.Options.Count == 0)
        {
            found.Maybe("alternatives-changed", path, subject, old.Options.Count == 0 ? "made {} one of several types" : "made {} one type of several");
            return;
        }

        var (before, after) = (Keyed(old.Options), Keyed(now.Options));
        foreach (var (key, was) in before)
        {
            if (after.TryGetValue(key, out var next))
            {
                Compare(was, next, direction, path.To(key));
            }
            else if (direction.HasFlag(ApiDirection.Request))
            {
                found.Breaking("alternative-removed", path.To(key), key, "no longer takes {}");
            }
        }

        foreach (var key in after.Keys.Where(key => !before.ContainsKey(key) && direction.HasFlag(ApiDirection.Response)))
        {
            found.Maybe("alternative-added", path.To(key), key, "may now answer {}");
        }
    }

    private static Dictionary<string, ApiType> Keyed(List<ApiType> options)
    {
        var keyed = new Dictionary<string, ApiType>(StringComparer.Ordinal);
        foreach (var option in options)
        {
            keyed.TryAdd(option.Name ?? $"alternative {keyed.Count + 1}", option);
        }

        return keyed;
    }
}

/// <summary>A field that went while another came may be the same one under another name.</summary>
internal static class Renames
{
    /// <summary>Where this many pairs would have to be looked at, nobody renamed a field.</summary>
    private const int MostPairs = 10_000;

    public static string? Hint(ApiField gone, IReadOnlyList<ApiField> allGone, IReadOnlyList<ApiField> fresh)
    {
        if ((long)allGone.Count * fresh.Count > MostPairs)
        {
            return null;
        }

        var alike = fresh.Where(field => field.Type.Shown == gone.Type.Shown).ToList();
        var renamed = alike.Find(field => Similar(field.Name, gone.Name))
            ?? (alike is [var only] && allGone.Count(field => field.Type.Shown == gone.Type.Shown) == 1 ? only : null);
        return renamed is null ? null : $"perhaps renamed to {renamed.Name}";
    }

    /// <summary>One is a part of the other, however they are written.</summary>
    private static bool Similar(string a, string b)
    {
        var (x, y) = (Plain(a), Plain(b));
        return x.Length > 2 && y.Length > 2 && (x.Contains(y, StringComparison.Ordinal) || y.Contains(x, StringComparison.Ordinal));
    }

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}

using System.Globalization;
using OpsBot.Contracts.Apis;

namespace OpsBot.Signals.ApiDiff;

/// <summary>Protobuf: a field is its number on the wire and its name in JSON and in code; both are held on to.</summary>
internal sealed class ProtobufRules(ApiDescription before, ApiDescription after, ChangeList found)
{
    /// <summary>Types whose values are written the same way, so that one can be read as another as long as it fits.</summary>
    private static readonly string[][] Alike =
    [
        ["int32", "int64", "uint32", "uint64", "bool"],
        ["sint32", "sint64"],
        ["fixed32", "sfixed32"],
        ["fixed64", "sfixed64"],
        ["string", "bytes"],
    ];

    private readonly Dictionary<string, ApiDirection> _directions = NamedTypes.Directions(
        before, before.Operations.Values.SelectMany(operation => new[]
        {
            (NamedTypes.Inner(operation.Requests[""]), ApiDirection.Request),
            (NamedTypes.Inner(operation.Responses[""][""]), ApiDirection.Response),
        }));

    public void Compare()
    {
        foreach (var (name, old) in before.Operations)
        {
            if (after.Operations.TryGetValue(name, out var now))
            {
                Carried(old.Requests[""], now.Requests[""], ApiPath.Root.To(name).To("request"), old.Words);
                Carried(old.Responses[""][""], now.Responses[""][""], ApiPath.Root.To(name).To("response"), old.Words);
            }
            else
            {
                found.Breaking("operation-removed", ApiPath.Root.To(name), name, "removed {}", old.Words);
            }
        }

        foreach (var (name, old) in before.Types)
        {
            var path = ApiPath.Root.To(name);
            if (!after.Types.TryGetValue(name, out var now))
            {
                found.Breaking("type-removed", path, name, "removed {}", [name, Last(name)]);
            }
            else if (old.Sort != now.Sort)
            {
                found.Breaking("type-changed", path, name, $"changed {{}} from {old.Sort} to {now.Sort}", [name, Last(name)]);
            }
            else if (old.Values is not null)
            {
                Values(old, now, path);
            }
            else
            {
                Fields(old, now, path);
            }
        }
    }

    private void Carried(ApiType old, ApiType now, ApiPath path, IReadOnlyList<string> words)
    {
        if (old.Sort != now.Sort)
        {
            found.Breaking("streaming-changed", path, words[0], now.Sort is null ? "made {} take one message where it took a stream" : "made {} take a stream where it took one message", words);
        }

        // one of another name may be made of the same fields, which a caller on the wire does not notice
        if (old.Reference != now.Reference)
        {
            found.Maybe("type-changed", path, words[0], $"changed the message of {{}} from {old.Reference} to {now.Reference}", [.. words, Last(old.Reference!)]);
        }
    }

    private void Fields(ApiType old, ApiType now, ApiPath path)
    {
        var direction = _directions.GetValueOrDefault(old.Name!, ApiDirection.Both);
        var gone = old.Fields.Values.Where(field => !now.Fields.ContainsKey(field.Name)).ToList();
        var fresh = now.Fields.Values.Where(field => !old.Fields.ContainsKey(field.Name)).ToList();
        var numbered = new Dictionary<int, ApiField>();
        foreach (var field in now.Fields.Values)
        {
            numbered.TryAdd(field.Number!.Value, field);
        }

        foreach (var was in old.Fields.Values)
        {
            var here = path.To(string.Create(CultureInfo.InvariantCulture, $"{was.Name} ({was.Number})"));
            if (numbered.TryGetValue(was.Number!.Value, out var next))
            {
                Same(was, next, here);
            }
            else if (now.Fields.TryGetValue(was.Name, out var moved))
            {
                found.Breaking("number-changed", here, was.Name, string.Create(CultureInfo.InvariantCulture, $"changed the number of {{}} from {was.Number} to {moved.Number}"));
            }
            else
            {
                found.Add(
                    direction == ApiDirection.Request ? ApiChangeSeverity.Maybe : ApiChangeSeverity.Breaking,
                    "field-removed", here, was.Name, "removed {}", Names(was), Renames.Hint(was, gone, fresh));
            }
        }

        var known = old.Fields.Values.Select(field => field.Number!.Value).ToHashSet();
        foreach (var added in now.Fields.Values.Where(field => field.Required && !known.Contains(field.Number!.Value)))
        {
            found.Breaking("field-required", path.To(added.Name), added.Name, "added {} as a required field", Names(added));
        }
    }

    /// <summary>Two fields of one number.</summary>
    private void Same(ApiField was, ApiField next, ApiPath path)
    {
        var changed = was.Type.Reference != next.Type.Reference;
        if (was.Name != next.Name)
        {
            // on the wire nothing changes by a new name alone, in JSON and in code it does
            found.Add(
                changed ? ApiChangeSeverity.Breaking : ApiChangeSeverity.Maybe, changed ? "number-reused" : "field-renamed", path, was.Name,
                string.Create(CultureInfo.InvariantCulture, $"removed {{}} and gave its number {was.Number} to {next.Name}"), [.. Names(was), .. Names(next)],
                changed ? null : $"perhaps renamed to {next.Name}");
        }

        if (changed)
        {
            var alike = Array.Exists(Alike, group => group.Contains(was.Type.Reference) && group.Contains(next.Type.Reference));
            found.Add(
                alike ? ApiChangeSeverity.Maybe : ApiChangeSeverity.Breaking, "type-changed", path, was.Name, $"changed the type of {{}} from {was.Type.Reference} to {next.Type.Reference}", Names(was));
        }

        if (was.Type.Sort != next.Type.Sort)
        {
            found.Add(
                was.Type.Sort == "repeated" || next.Type.Sort == "repeated" ? ApiChangeSeverity.Breaking : ApiChangeSeverity.Maybe,
                "label-changed", path, was.Name, $"changed {{}} from {was.Type.Sort ?? "one value"} to {next.Type.Sort ?? "one value"}", Names(was));
        }

        if (was.Required != next.Required)
        {
            found.Breaking(next.Required ? "became-required" : "became-optional", path, was.Name, next.Required ? "made {} required" : "made {} optional", Names(was));
        }
    }

    private void Values(ApiType old, ApiType now, ApiPath path)
    {
        var direction = _directions.GetValueOrDefault(old.Name!, ApiDirection.Both);
        foreach (var (value, number) in old.Values!)
        {
            if (!now.Values!.TryGetValue(value, out var next))
            {
                found.Add(
                    direction.HasFlag(ApiDirection.Request) ? ApiChangeSeverity.Breaking : ApiChangeSeverity.Maybe,
                    "enum-value-removed", path.To(value), value, $"removed {{}} from {old.Name}");
            }
            else if (next != number)
            {
                found.Breaking("number-changed", path.To(value), value, string.Create(CultureInfo.InvariantCulture, $"changed the number of {{}} from {number} to {next}"));
            }
        }

        foreach (var value in now.Values!.Keys.Where(value => !old.Values!.ContainsKey(value) && direction.HasFlag(ApiDirection.Response)))
        {
            found.Maybe("enum-value-added", path.To(value), value, $"may now answer {{}} for {old.Name}");
        }
    }

    /// <summary>As it is in the description and as it is in JSON.</summary>
    private static string[] Names(ApiField field)
    {
        var parts = field.Name.Split('_', StringSplitOptions.RemoveEmptyEntries);
        var camel = string.Concat(parts.Select((part, at) => at == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));
        return camel == field.Name || camel.Length == 0 ? [field.Name] : [field.Name, camel];
    }

    private static string Last(string name) => name[(name.LastIndexOf('.') + 1)..];
}

namespace OpsBot.Signals.ApiDiff;

/// <summary>Who writes a value: the caller, the service, or nobody knows which.</summary>
[Flags]
public enum ApiDirection
{
    None = 0,
    Request = 1,
    Response = 2,
    Both = 3,
}

/// <summary>An API as one model, whichever format told of it.</summary>
public sealed class ApiDescription
{
    internal ApiDescription(ApiFormat format) => Format = format;

    public ApiFormat Format { get; }

    /// <summary>Operations by what stays the same when a parameter of the path is called otherwise.</summary>
    internal Dictionary<string, ApiOperation> Operations { get; } = new(StringComparer.Ordinal);

    /// <summary>Types that are referred to by name, and compared by it.</summary>
    internal Dictionary<string, ApiType> Types { get; } = new(StringComparer.Ordinal);
}

/// <param name="Words">Names that the error of a caller would contain if it were gone.</param>
internal sealed record ApiOperation(string Name, IReadOnlyList<string> Words)
{
    public Dictionary<string, ApiField> Parameters { get; } = new(StringComparer.Ordinal);

    /// <summary>What is sent, by media type.</summary>
    public Dictionary<string, ApiType> Requests { get; set; } = new(StringComparer.Ordinal);

    public bool RequestRequired { get; set; }

    /// <summary>What is answered, by status and media type.</summary>
    public Dictionary<string, Dictionary<string, ApiType>> Responses { get; } = new(StringComparer.Ordinal);

    /// <summary>Headers of answers, by status and name in small letters.</summary>
    public Dictionary<string, Dictionary<string, ApiField>> ResponseHeaders { get; } = new(StringComparer.Ordinal);

    /// <summary>What a caller has to show of itself, one of these; empty where that is not stated.</summary>
    public IReadOnlyList<ApiAccess> Access { get; set; } = [];

    /// <summary>It is the service that calls here, a callback or a webhook: it writes what is sent and reads what is answered.</summary>
    public bool IsCalledByService { get; init; }
}

/// <summary>One way to be let in: all of these schemes together, each with the scopes that it must have. Without any, everybody is.</summary>
/// <param name="Schemes">Scopes by scheme; a scheme is what it asks for, whatever the description calls it.</param>
internal sealed record ApiAccess(IReadOnlyDictionary<string, IReadOnlySet<string>> Schemes)
{
    public string Shown => Schemes.Count == 0 ? "no credentials" : string.Join(" and ", Schemes.Keys.Order(StringComparer.Ordinal));

    /// <summary>Whoever has been let in by <paramref name="other"/> has all schemes that this one asks for.</summary>
    public bool AsksForNoMoreThan(ApiAccess other) => Schemes.Keys.All(other.Schemes.ContainsKey);

    /// <summary>Scopes that this one asks for and <paramref name="other"/> did not.</summary>
    public IEnumerable<string> ScopesBeyond(ApiAccess other) =>
        Schemes.SelectMany(scheme => scheme.Value.Where(scope => !other.Schemes[scheme.Key].Contains(scope))).Order(StringComparer.Ordinal);
}

/// <param name="Number">Of protobuf, where the number and not the name is what is sent.</param>
internal sealed record ApiField(string Name, ApiType Type, bool Required, int? Number = null)
{
    public bool HasDefault { get; init; }

    public bool ReadOnly { get; init; }

    public bool WriteOnly { get; init; }

    /// <summary>Of GraphQL.</summary>
    public IReadOnlyDictionary<string, ApiField> Arguments { get; init; } = new Dictionary<string, ApiField>();
}

/// <summary>
/// A type. Types may contain themselves, and are therefore filled in after they are made. What is not stated restricts nothing.
/// </summary>
internal sealed class ApiType
{
    /// <summary>The name that the description gives it; null for one that has none.</summary>
    public string? Name { get; set; }

    /// <summary>It stands for the type of this name in <see cref="ApiDescription.Types"/>, or for a built-in one.</summary>
    public string? Reference { get; set; }

    /// <summary>What sort of named type it is, in the words of its format: <c>enum</c>, <c>input</c>, <c>message</c>.</summary>
    public string? Sort { get; set; }

    /// <summary>JSON types (object and array among them) that a value may have; empty for any.</summary>
    public SortedSet<string> Scalars { get; } = new(StringComparer.Ordinal);

    public string? ScalarFormat { get; set; }

    public bool Nullable { get; set; }

    public Dictionary<string, ApiField> Fields { get; } = new(StringComparer.Ordinal);

    /// <summary>Other fields are refused.</summary>
    public bool Closed { get; set; }

    /// <summary>Of a list.</summary>
    public ApiType? Element { get; set; }

    /// <summary>Of fields that have no name in the description.</summary>
    public ApiType? Rest { get; set; }

    /// <summary>Alternatives; empty where there are none.</summary>
    public List<ApiType> Options { get; } = [];

    /// <summary>The only values that are allowed, with their numbers where they have any; null where there is no such list.</summary>
    public Dictionary<string, int?>? Values { get; set; }

    /// <summary>Lower bounds by name: <c>minimum</c>, <c>minLength</c>, …</summary>
    public Dictionary<string, double> Least { get; } = new(StringComparer.Ordinal);

    /// <summary>Upper bounds by name.</summary>
    public Dictionary<string, double> Most { get; } = new(StringComparer.Ordinal);

    public string? Pattern { get; set; }

    /// <summary>As people would call it.</summary>
    public string Shown => (Reference ?? (Scalars.Count > 0 ? string.Join(" or ", Scalars) : Options.Count > 0 ? "alternatives" : Element is null ? "anything" : $"[{Element.Shown}]"))
        + (ScalarFormat is null ? "" : $" ({ScalarFormat})");
}

using System.Text.Json;

namespace OpsBot.Signals.ApiDiff;

/// <summary>The security requirements of an OpenAPI description, read as what a caller has to show.</summary>
internal sealed class OpenApiAccess
{
    private readonly Dictionary<string, string> _schemes = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<ApiAccess> _everywhere;

    public OpenApiAccess(JsonElement root, SchemaTypes types)
    {
        var components = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("components", out var told) ? told : default;
        foreach (var (name, scheme) in SchemaTypes.Members(components, "securitySchemes").Concat(SchemaTypes.Members(root, "securityDefinitions")))
        {
            _schemes[name] = AskedFor(types.Resolve(scheme)) ?? name;
        }

        _everywhere = Stated(root) ?? [];
    }

    /// <summary>What the operation says, else what the whole description does.</summary>
    public IReadOnlyList<ApiAccess> Of(JsonElement operation) => Stated(operation) ?? _everywhere;

    private List<ApiAccess>? Stated(JsonElement told)
    {
        if (!SchemaTypes.Has(told, "security"))
        {
            return null;
        }

        var ways = SchemaTypes.Items(told, "security").Where(way => way.ValueKind == JsonValueKind.Object).Select(Way).ToList();
        // an empty list lets everybody in
        return ways.Count > 0 ? ways : [new ApiAccess(new Dictionary<string, IReadOnlySet<string>>())];
    }

    private ApiAccess Way(JsonElement way)
    {
        var schemes = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        foreach (var scheme in way.EnumerateObject())
        {
            schemes[_schemes.GetValueOrDefault(scheme.Name, scheme.Name)] = SchemaTypes.Items(way, scheme.Name)
                .Where(scope => scope.ValueKind == JsonValueKind.String).Select(scope => scope.GetString()!).ToHashSet(StringComparer.Ordinal);
        }

        return new ApiAccess(schemes);
    }

    private static string? AskedFor(JsonElement scheme) => SchemaTypes.Text(scheme, "type") switch
    {
        "apiKey" when SchemaTypes.Text(scheme, "name") is { } name => SchemaTypes.Text(scheme, "in") == "header" ? $"header {name.ToLowerInvariant()}" : $"{SchemaTypes.Text(scheme, "in")} {name}",
        // Swagger's own name for it
        "basic" => "HTTP basic",
        "http" => $"HTTP {SchemaTypes.Text(scheme, "scheme")?.ToLowerInvariant() ?? "authentication"}",
        "oauth2" => "OAuth 2",
        "openIdConnect" => "OpenID Connect",
        "mutualTLS" => "a client certificate",
        _ => null,
    };
}

using System.Security.Cryptography;
using OpsBot.Host.WebConsole.View;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>The style sheet, the script and the icon, from the program itself. Their paths hold a hash, so browsers may keep them.</summary>
internal sealed class AssetFiles
{
    private readonly Dictionary<string, (byte[] Content, string Type)> _files = new(StringComparer.Ordinal);

    public AssetFiles()
    {
        Paths = new AssetPaths(
            Load("console.css", "text/css; charset=utf-8"),
            Load("console.js", "text/javascript; charset=utf-8"),
            Load("icon.svg", "image/svg+xml"));
    }

    public AssetPaths Paths { get; }

    public (byte[] Content, string Type)? Find(string name) => _files.TryGetValue(name, out var file) ? file : null;

    private string Load(string name, string type)
    {
        using var stream = typeof(AssetFiles).Assembly.GetManifestResourceStream($"console/{name}")
            ?? throw new InvalidOperationException($"The program was built without its resource console/{name}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var hashed = $"{name[..dot]}-{Convert.ToHexStringLower(SHA256.HashData(content)[..6])}{name[dot..]}";
        _files[hashed] = (content, type);
        return $"/assets/{hashed}";
    }
}

internal static class AssetEndpoints
{
    /// <summary>Open to all: the login page needs them.</summary>
    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/assets/{name}", (string name, AssetFiles files, HttpContext context) =>
        {
            if (files.Find(name) is not { } file) return Results.NotFound();
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(file.Content, file.Type);
        });
        // browsers ask for it whatever the page says
        routes.MapGet("/favicon.ico", (AssetFiles files) => Results.Redirect(files.Paths.Icon));
    }
}

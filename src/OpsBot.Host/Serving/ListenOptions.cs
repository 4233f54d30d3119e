using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsBot.Host.Serving;

/// <summary>Where the webhooks listen. The console has a listener of its own.</summary>
/// <remarks>
/// <code>
/// listen:
///   urls: http://127.0.0.1:8080       # several separated by ;
/// </code>
/// </remarks>
public sealed class ListenOptions
{
    /// <summary>Addresses separated by <c>;</c>; port 0 takes a free one. Default <c>http://127.0.0.1:8080</c>.</summary>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:8080";
}

internal sealed class ListenOptionsValidator : IValidateOptions<ListenOptions>
{
    public ValidateOptionsResult Validate(string? name, ListenOptions options) =>
        Problem(options.Urls) is { } problem ? ValidateOptionsResult.Fail($"listen.urls: {problem}") : ValidateOptionsResult.Success;

    /// <summary>What is wrong with some addresses; null where nothing is.</summary>
    internal static string? Problem(string urls)
    {
        var all = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return all.Length == 0
            ? "names no address; write for example http://127.0.0.1:8080"
            : all.Where(url => !IsAddress(url)).Select(url => $"'{url}' is not an address to listen on; write for example http://127.0.0.1:8080").FirstOrDefault();
    }

    private static bool IsAddress(string url)
    {
        var any = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        return Uri.TryCreate(any, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && uri.Host.Length > 0 && uri.PathAndQuery == "/";
    }
}

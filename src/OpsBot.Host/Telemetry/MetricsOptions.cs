using System.ComponentModel.DataAnnotations;
using System.Net;

namespace OpsBot.Host.Telemetry;

/// <summary>
/// Who may read <c>/metrics</c>. It is on the console's listener for whoever may read there without logging in, and here on a listener of its own: never on the
/// webhooks', which strangers reach.
/// </summary>
/// <remarks>
/// <code>
/// telemetry.metrics:
///   urls: http://10.0.0.5:8082
///   token: …                          # Prometheus sends it: authorization: { credentials_file: … }
/// </code>
/// </remarks>
public sealed class MetricsOptions : IValidatableObject
{
    private const int ShortestToken = 16;

    /// <summary>Addresses of the listener of its own, separated by <c>;</c>; port 0 takes a free one. Default: none.</summary>
    [MaxLength(1000)]
    public string? Urls { get; set; }

    /// <summary>What a scraper must send as <c>Authorization: Bearer</c> to the listener of its own; at least 16 characters.</summary>
    [MinLength(ShortestToken)]
    public string? Token { get; set; }

    /// <summary>True to let everybody read who reaches an address other than loopback. Only for a network of our own.</summary>
    public bool Insecure { get; set; }

    internal IReadOnlyList<string> All => (Urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var url in All)
        {
            if (AddressOf(url) is not { } address)
            {
                yield return new ValidationResult($"'{url}' is not an address to listen on; write for example http://127.0.0.1:8082, with an IP address, localhost or *", [nameof(Urls)]);
            }
            else if (!IPAddress.IsLoopback(address) && string.IsNullOrEmpty(Token) && !Insecure)
            {
                yield return new ValidationResult(
                    $"others can reach '{url}': set telemetry.metrics.token, or, on a network of our own, telemetry.metrics.insecure: true", [nameof(Urls)]);
            }
        }
    }

    /// <summary>Null where it is no address: Kestrel would take any name for "every address".</summary>
    private static IPAddress? AddressOf(string url)
    {
        var any = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal);
        return !Uri.TryCreate(any, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/" ? null
            : uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : IPAddress.TryParse(uri.Host, out var address) ? address : null;
    }
}

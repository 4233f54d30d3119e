using System.ComponentModel.DataAnnotations;

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

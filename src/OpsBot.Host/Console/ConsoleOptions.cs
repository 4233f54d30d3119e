using System.ComponentModel.DataAnnotations;

namespace OpsBot.Host.WebConsole;

// console:
//   urls: http://127.0.0.1:8081          # several separated by ;
//   token: …                             # or OPSBOT__CONSOLE__TOKEN_FILE; lets whoever has it read on other addresses than loopback
//   allowedHosts: [ops.example.com]      # names that browsers reach the console under, beside the loopback names
/// <summary>Where the console listens and who may use it.</summary>
public sealed class ConsoleOptions
{
    /// <summary>False to run without a console. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Addresses to listen on, separated by <c>;</c>: <c>http://</c> with an IP address, <c>localhost</c> or <c>*</c>, and a port
    /// (0 takes a free one). Default <c>http://127.0.0.1:8081</c>.
    /// </summary>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:8081";

    /// <summary>
    /// The token that lets others read on any other address than loopback, or <c>sha256:</c> and the hex SHA-256 of it. At least 16 characters.
    /// It never changes anything: that needs a person's own token, see <c>people</c>, which lets its owner read as well.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>Names that browsers reach the console under, without port. One that is not a loopback name makes reading need a login too.</summary>
    [MaxLength(50)]
    public IList<string> AllowedHosts { get; set; } = [];

    /// <summary>
    /// IP addresses of proxies whose X-Forwarded-For is believed: without them all who come through a proxy look like one address to the limit on wrong logins.
    /// </summary>
    [MaxLength(50)]
    public IList<string> TrustedProxies { get; set; } = [];

    /// <summary>How long a login lasts without use. Default 12 hours.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00")]
    public TimeSpan SessionLength { get; set; } = TimeSpan.FromHours(12);
}

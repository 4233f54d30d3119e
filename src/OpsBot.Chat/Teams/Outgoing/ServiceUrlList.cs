using System.Net;

namespace OpsBot.Chat.Teams.Outgoing;

/// <summary>
/// The addresses that our token may be shown to. An activity names the address to answer at, and whoever could make us answer elsewhere would get
/// a token that speaks as the bot.
/// </summary>
internal sealed class ServiceUrlList
{
    private readonly List<Uri> _allowed;

    private ServiceUrlList(IEnumerable<string> allowed) => _allowed = [.. allowed.Select(Parse).OfType<Uri>()];

    public static ServiceUrlList Of(TeamsOptions options) => new(options.ServiceUrls);

    /// <summary>True where the address is one of the list or lies below one. Compared as addresses: <c>..</c>, upper case and escapes change nothing.</summary>
    public bool Allows(string? address) => Parse(address) is { } uri && _allowed.Exists(one => Covers(one, uri));

    public static bool IsLoopback(string? address) => Parse(address) is { } uri && IsLoopbackHost(uri.Host);

    /// <summary><c>127.0.0.1</c>, <c>[::1]</c>, <c>localhost</c>; no other name, because a name resolves to what its owner likes.</summary>
    public static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>The same service, however its address is written. Null where it is no http address.</summary>
    public static string? Canonical(string? address) => Parse(address) is { } uri ? $"{uri.Scheme}://{uri.Authority}{Folder(uri)}" : null;

    private static bool Covers(Uri one, Uri uri) =>
        one.Scheme == uri.Scheme && one.Port == uri.Port && one.Host.Equals(uri.Host, StringComparison.OrdinalIgnoreCase)
        && Folder(uri).StartsWith(Folder(one), StringComparison.Ordinal);

    // ends in a slash, so that /teams does not cover /teams-of-others
    private static string Folder(Uri uri) => uri.AbsolutePath.EndsWith('/') ? uri.AbsolutePath : uri.AbsolutePath + "/";

    private static Uri? Parse(string? address) =>
        address is { Length: > 0 and <= 500 } && Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && uri is { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 } && !HasEncodedPath(uri)
            ? uri
            : null;

    // an escaped slash or dot means one thing to us and another to the server
    private static bool HasEncodedPath(Uri uri) => uri.AbsolutePath.Contains('%', StringComparison.Ordinal) || uri.AbsolutePath.Contains('\\', StringComparison.Ordinal);
}

using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OpsBot.Host.WebConsole;

/// <summary>One address to listen on. Host names are refused: Kestrel would take any name for "every address".</summary>
/// <param name="Address">Null for <c>localhost</c>.</param>
internal sealed record ConsoleListener(string Url, IPAddress? Address, int Port)
{
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    /// <summary>Name that a browser writes into Host for this address; null where there is none of its own.</summary>
    public string? HostName => Address is null || Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any)
        ? null
        : Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Address}]" : Address.ToString();

    public void Bind(KestrelServerOptions kestrel)
    {
        if (Address is not null) kestrel.Listen(Address, Port);
        else if (Port == 0) kestrel.Listen(IPAddress.Loopback, 0);
        else kestrel.ListenLocalhost(Port);
    }

    /// <exception cref="FormatException">With what is wrong and what to write instead.</exception>
    public static IReadOnlyList<ConsoleListener> ParseAll(string urls)
    {
        var listeners = urls.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse).ToList();
        return listeners.Count > 0
            ? listeners
            : throw new FormatException("console.urls is empty; write for example http://127.0.0.1:8081.");
    }

    private static ConsoleListener Parse(string url)
    {
        var any = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(any, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.PathAndQuery != "/")
        {
            throw new FormatException($"console.urls: '{url}' is not an address to listen on; write for example http://127.0.0.1:8081.");
        }

        if (uri.Scheme != Uri.UriSchemeHttp)
        {
            throw new FormatException(
                $"console.urls: '{url}' is not http. The console speaks plain HTTP on its own address; put a proxy that ends TLS before it.");
        }

        if (uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return new ConsoleListener(url, null, uri.Port);
        return IPAddress.TryParse(uri.Host, out var address)
            ? new ConsoleListener(url, address, uri.Port)
            : throw new FormatException(
                $"console.urls: '{url}' names the host '{uri.Host}'. Listen on an IP address, localhost or *, and put the name into console.allowedHosts.");
    }
}

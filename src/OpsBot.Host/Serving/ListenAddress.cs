using System.Net;

namespace OpsBot.Host.Serving;

/// <summary>One address that something listens on, as the server takes it.</summary>
/// <param name="Address">Null where it is every address of the machine: <c>*</c>, <c>+</c>, <c>0.0.0.0</c>, <c>[::]</c>, and any name but <c>localhost</c>.</param>
internal sealed record ListenAddress(string Url, IPAddress? Address, int Port)
{
    /// <summary>Those of a list separated by <c>;</c> or <c>,</c>. What is no address is left out; others say so.</summary>
    public static IReadOnlyList<ListenAddress> All(string urls) =>
        [.. urls.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Read).OfType<ListenAddress>()];

    /// <summary>Whether both cannot listen at the same time.</summary>
    public bool Meets(ListenAddress other) =>
        // port 0 takes one that is free
        Port != 0 && Port == other.Port && (Address is null || other.Address is null || Address.Equals(other.Address));

    private static ListenAddress? Read(string url)
    {
        var any = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        return Uri.TryCreate(any, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? new ListenAddress(url, AddressOf(uri.Host), uri.Port) : null;
    }

    private static IPAddress? AddressOf(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(host.Trim('[', ']'), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? address
        : null;
}

namespace OpsBot.Evidence.Contracts;

/// <summary>
/// Which addresses are below an allowed one. Compared as scheme, host, port and whole parts of the path after they are taken apart: as text
/// <c>https://host</c> also begins <c>https://host.evil.example</c>, and a path may climb out of itself.
/// </summary>
internal sealed class AllowedAddresses(IEnumerable<string> prefixes)
{
    private readonly List<Uri> _prefixes = [.. prefixes.Select(Prefix).OfType<Uri>()];

    /// <summary>The address to begin with; null where it is none.</summary>
    public static Uri? Prefix(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0 && !IsDevious(text)
            ? address
            : null;

    /// <summary>The address to fetch; null where it is not allowed.</summary>
    public Uri? Allowed(string link) =>
        Uri.TryCreate(link, UriKind.Absolute, out var address) && address.UserInfo.Length == 0 && !IsDevious(link) && _prefixes.Exists(prefix => IsBelow(address, prefix)) ? address : null;

    private static bool IsBelow(Uri address, Uri prefix)
    {
        var (path, below) = (address.AbsolutePath, prefix.AbsolutePath);
        return address.Scheme == prefix.Scheme && address.Port == prefix.Port && string.Equals(address.IdnHost, prefix.IdnHost, StringComparison.OrdinalIgnoreCase)
            && path.StartsWith(below, StringComparison.Ordinal) && (below.EndsWith('/') || path.Length == below.Length || path[below.Length] == '/');
    }

    /// <summary>Written so that a server may understand another path than we do.</summary>
    private static bool IsDevious(string text) =>
        text.Contains('\\', StringComparison.Ordinal) || text.Contains("/..", StringComparison.Ordinal) || text.Any(char.IsControl)
        || new[] { "%2e", "%2f", "%5c", "%25", "%00" }.Any(code => text.Contains(code, StringComparison.OrdinalIgnoreCase));
}

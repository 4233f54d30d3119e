namespace OpsBot.Runtime.Redaction;

/// <summary>Which names announce a secret.</summary>
internal static class SensitiveKeys
{
    private const int LongestKey = 64;

    private static readonly (string Ending, string Kind)[] Endings =
    [
        ("password", "password"), ("passwd", "password"), ("passphrase", "password"), ("passcode", "password"), ("pwd", "password"), ("userpass", "password"),
        ("secret", "secret"), ("secretkey", "secret"), ("secretaccesskey", "secret"), ("secretvalue", "secret"), ("sharedsecret", "secret"),
        ("token", "token"), ("tokenvalue", "token"), ("apikey", "api-key"), ("apikeyvalue", "api-key"), ("accesskey", "api-key"), ("accesskeyid", "api-key"), ("appkey", "api-key"),
        ("privatekey", "private-key"), ("signingkey", "secret"), ("signingsecret", "secret"), ("encryptionkey", "secret"), ("masterkey", "secret"), ("authkey", "secret"),
        ("accountkey", "secret"), ("sharedaccesskey", "secret"), ("sharedaccesssignature", "secret"), ("storagekey", "secret"), ("subscriptionkey", "api-key"),
        ("credential", "secret"), ("credentials", "secret"), ("sessionid", "session"), ("sessionkey", "session"), ("sessioncookie", "session"),
        ("connectionstring", "connection-string"), ("webhookurl", "webhook"), ("xsrftoken", "token"),
    ];

    /// <summary>The kind of secret that a key announces; null for any other key.</summary>
    /// <param name="whole">The value runs to the end of the line, as in a header.</param>
    public static string? KindOf(ReadOnlySpan<char> key, out bool whole)
    {
        whole = false;
        Span<char> plain = stackalloc char[LongestKey];
        var length = 0;
        foreach (var c in key)
        {
            if (c is '_' or '-' or '.') continue;
            if (length == LongestKey) return null;
            plain[length++] = char.ToLowerInvariant(c);
        }

        ReadOnlySpan<char> name = plain[..length];
        name = name.TrimEnd("0123456789");
        if (name.EndsWith("authorization"))
        {
            whole = true;
            return "authorization";
        }

        if (name is "cookie" or "setcookie" or "cookies")
        {
            whole = true;
            return "cookie";
        }

        foreach (var (ending, kind) in Endings)
        {
            if (name.EndsWith(ending)) return kind;
        }

        if (name is "sig" or "xamzsignature" or "xgoogsignature" or "xamzcredential" or "xamzsecuritytoken") return "signature";
        return key.EndsWith("_pass", StringComparison.OrdinalIgnoreCase) || key.EndsWith("-pass", StringComparison.OrdinalIgnoreCase) ||
            key.EndsWith(".pass", StringComparison.OrdinalIgnoreCase) || key.Equals("pass", StringComparison.OrdinalIgnoreCase) ? "password" : null;
    }

    /// <summary>Keys that may hold a secret or something harmless; only a value of 32 letters and digits is one.</summary>
    public static bool IsIntegrationKey(ReadOnlySpan<char> key) =>
        key.EndsWith("routing_key", StringComparison.OrdinalIgnoreCase) || key.EndsWith("integration_key", StringComparison.OrdinalIgnoreCase) ||
        key.EndsWith("routingKey", StringComparison.OrdinalIgnoreCase) || key.EndsWith("service_key", StringComparison.OrdinalIgnoreCase);
}

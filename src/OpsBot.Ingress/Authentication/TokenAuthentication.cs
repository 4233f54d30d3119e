using System.Text;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress.Authentication;

/// <summary>A bearer token or a user and password in the <c>Authorization</c> header. Where both are configured, either will do.</summary>
internal sealed class TokenAuthentication : IAuthentication
{
    private const string Header = "Authorization";

    private readonly bool _insecure;
    private readonly List<(string Scheme, string Credential)> _accepted = [];

    public TokenAuthentication(TokenSenderOptions options)
    {
        _insecure = options.Insecure;
        if (!string.IsNullOrWhiteSpace(options.Bearer))
            _accepted.Add(("Bearer", options.Bearer));
        if (options.Basic is { } basic)
            _accepted.Add(("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{basic.User}:{basic.Password}"))));
    }

    public bool ReadsBody => false;

    public bool Accepts(WebhookHeaders headers, ReadOnlySpan<byte> body)
    {
        if (_accepted.Count == 0)
            return _insecure;
        var given = (headers[Header] ?? "").Trim();
        var space = given.IndexOf(' ', StringComparison.Ordinal);
        if (space <= 0)
            return false;

        var scheme = given[..space];
        var credential = given[(space + 1)..].Trim();
        var accepted = false;
        foreach (var (wanted, secret) in _accepted)
            accepted |= scheme.Equals(wanted, StringComparison.OrdinalIgnoreCase) & SecretText.Same(credential, secret);
        return accepted;
    }

    public IReadOnlyDictionary<string, string> Sign(ReadOnlySpan<byte> body) => _accepted is [var (scheme, credential), ..]
        ? new Dictionary<string, string> { [Header] = $"{scheme} {credential}" }
        : new Dictionary<string, string>();
}

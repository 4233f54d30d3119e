using OpsBot.Ingress.Mapped;
using OpsBot.Ingress.Webhooks;

namespace OpsBot.Ingress;

/// <summary>Signs with the secrets of our own configuration: the sender and we share them.</summary>
internal sealed class SampleSigner(SendersOptions options, MappingLibrary library, TimeProvider clock) : ISampleSigner
{
    private readonly Lazy<IReadOnlyList<Sender>> _configured = new(() => Senders.Configured(options, library, clock));

    public IReadOnlyDictionary<string, string> HeadersFor(
        string source, ReadOnlyMemory<byte> body, string? eventName = null, IReadOnlyDictionary<string, string>? known = null)
    {
        var sender = Find(source);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var stated = (known ?? new Dictionary<string, string>()).Where(header => IsReal(header.Key, header.Value)).ToList();
        var statedEvent = stated.FirstOrDefault(header => header.Key.Equals("X-GitHub-Event", StringComparison.OrdinalIgnoreCase)).Value;
        foreach (var (name, value) in sender.Format.SampleHeaders(body, eventName ?? statedEvent))
            headers[name] = value;
        foreach (var (name, value) in stated)
        {
            if (eventName is null || !name.Equals("X-GitHub-Event", StringComparison.OrdinalIgnoreCase))
                headers[name] = value;
        }

        // last: a signature that came with the sample was made with somebody else's secret
        foreach (var (name, value) in sender.Authentication.Sign(body.Span))
            headers[name] = value;
        return headers;
    }

    public string QueryFor(string source) => Find(source).Authentication.SignQuery();

    private Sender Find(string source)
    {
        var senders = _configured.Value;
        if (senders.FirstOrDefault(sender => sender.Source == source) is { } found)
            return found;
        var key = Senders.All.Any(sender => sender.Source == source) ? source : $"mapped.{source}";
        throw new UnsignableException(
            $"'{source}' is not configured; configured are {(senders.Count == 0 ? "none" : string.Join(", ", senders.Select(s => s.Source)))}. "
            + $"Add senders.{key} to the configuration.");
    }

    private static bool IsReal(string name, string value) => !name.StartsWith('_') && !value.Contains('<', StringComparison.Ordinal);
}

namespace OpsBot.Chat.Teams.Outgoing;

/// <summary>
/// How many parts of a delivery stand already, while it is tried again. Kept by this process only: after a crash the connector cannot be asked, and the
/// parts may stand twice.
/// </summary>
internal sealed class PartsPosted
{
    private const int Most = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _parts = new(StringComparer.Ordinal);

    public int Of(string deliveryId)
    {
        lock (_lock) return _parts.GetValueOrDefault(deliveryId);
    }

    public void Posted(string deliveryId, int parts)
    {
        lock (_lock)
        {
            // one that was given up is never forgotten otherwise
            if (_parts.Count >= Most && !_parts.ContainsKey(deliveryId)) _parts.Clear();
            _parts[deliveryId] = parts;
        }
    }

    public void Forget(string deliveryId)
    {
        lock (_lock) _parts.Remove(deliveryId);
    }
}

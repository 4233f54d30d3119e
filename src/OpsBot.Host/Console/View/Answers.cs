using System.Security.Cryptography;

namespace OpsBot.Host.WebConsole.View;

/// <summary>
/// What people were told, for as long as their pages may ask: the address line carries only a random name, so that no link can put words on
/// a page, and a reload repeats the answer instead of the click. Bounded: the oldest goes first.
/// </summary>
internal sealed class Answers
{
    public const string Parameter = "answer";
    private const int Most = 500;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Keeps an answer and returns its name.</summary>
    public string Keep(string text)
    {
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        lock (_lock)
        {
            if (_order.Count >= Most) _texts.Remove(_order.Dequeue());
            _order.Enqueue(name);
            _texts[name] = text;
        }

        return name;
    }

    /// <summary>Null for a name that is not known, or no longer.</summary>
    public string? Find(string? name)
    {
        if (name is null) return null;
        lock (_lock) return _texts.GetValueOrDefault(name);
    }
}

using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace OpsBot.Runtime.Redaction;

/// <summary>
/// The secrets that this process itself holds. They are taken out wherever they turn up, whatever they look like, also as base64,
/// hexadecimal, percent-encoded and escaped as JSON.
/// </summary>
public sealed class KnownSecrets
{
    /// <summary>Shorter ones would take ordinary words out.</summary>
    private const int Shortest = 6;

    private readonly Lock _gate = new();
    private ImmutableHashSet<string> _forms = ImmutableHashSet<string>.Empty.WithComparer(StringComparer.Ordinal);
    private volatile Snapshot? _snapshot;

    public void Add(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length < Shortest) return;
        lock (_gate)
        {
            _forms = _forms.Union(FormsOf(value));
            _snapshot = new Snapshot(SearchValues.Create([.. _forms], StringComparison.OrdinalIgnoreCase), [.. _forms.OrderByDescending(f => f.Length)]);
        }
    }

    internal void Find(ReadOnlySpan<char> text, List<Finding> findings)
    {
        if (_snapshot is not { } snapshot) return;
        for (var from = 0; from < text.Length;)
        {
            var at = text[from..].IndexOfAny(snapshot.Search);
            if (at < 0) return;
            from += at;
            var length = 1;
            foreach (var form in snapshot.Longest)
            {
                if (!text[from..].StartsWith(form, StringComparison.OrdinalIgnoreCase)) continue;
                length = form.Length;
                break;
            }

            findings.Add(new Finding(from, from + length, "secret"));
            from += length;
        }
    }

    private static IEnumerable<string> FormsOf(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return value;
        yield return Uri.EscapeDataString(value);
        yield return JsonSerializer.Serialize(value)[1..^1];
        yield return JsonEncodedText.Encode(value, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        yield return Convert.ToHexStringLower(bytes);
        for (var shift = 0; shift < 3; shift++)
        {
            // inside a longer text the same bytes give one of three strings; the first and last characters mix with the neighbours
            var padded = Convert.ToBase64String([.. new byte[shift], .. bytes]).TrimEnd('=');
            var middle = padded[(shift == 0 ? 0 : shift + 1)..^((bytes.Length + shift) % 3 == 0 ? 0 : 1)];
            if (middle.Length < Shortest) continue;
            yield return middle;
            yield return middle.Replace('+', '-').Replace('/', '_');
        }
    }

    private sealed record Snapshot(SearchValues<string> Search, string[] Longest);
}

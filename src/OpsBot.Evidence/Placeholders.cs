using System.Diagnostics.CodeAnalysis;

namespace OpsBot.Evidence;

/// <summary>What <c>{service}</c>, <c>{instance}</c>, <c>{environment}</c> and <c>{label.NAME}</c> stand for. The values are what senders wrote: untrusted.</summary>
internal static class Placeholders
{
    /// <summary>Reads the placeholder that a text begins with.</summary>
    /// <param name="length">Its length, braces included.</param>
    public static bool TryRead(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? name, out int length)
    {
        name = null;
        length = 0;
        if (text.IsEmpty || text[0] != '{') return false;
        var end = text.IndexOf('}');
        if (end < 2) return false;
        var inner = text[1..end];
        if (inner is not ("service" or "instance" or "environment") && !(inner.StartsWith("label.") && inner.Length > 6 && IsName(inner[6..]))) return false;
        name = inner.ToString();
        length = end + 1;
        return true;
    }

    /// <summary>The value; null where the incident states none.</summary>
    public static string? ValueOf(string name, IncidentFacts facts) => name switch
    {
        "service" => Stated(facts.Service),
        "environment" => Stated(facts.Environment),
        "instance" => Stated(facts.Labels.GetValueOrDefault("instance") ?? facts.Labels.GetValueOrDefault("pod")),
        _ => Stated(facts.Labels.GetValueOrDefault(name["label.".Length..])),
    };

    private static string? Stated(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or '/')) return false;
        }

        return true;
    }
}

using System.Globalization;
using System.Text;

namespace OpsBot.Ingress.Alertmanager;

/// <summary>
/// Prometheus' own fingerprint of a label set (prometheus/common model.LabelSet.Fingerprint): FNV-1a of 64 bits over the sorted
/// names and values, each followed by 0xFF. So an alert has the same fingerprint whether its sender gave one or not.
/// </summary>
internal static class LabelFingerprint
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const byte Separator = 0xFF;

    public static string Of(IReadOnlyDictionary<string, string> labels)
    {
        var hash = Offset;
        foreach (var (name, value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            hash = Add(hash, name);
            hash = Add(hash, value);
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (var b in Encoding.UTF8.GetBytes(text))
            hash = unchecked((hash ^ b) * Prime);
        return unchecked((hash ^ Separator) * Prime);
    }
}

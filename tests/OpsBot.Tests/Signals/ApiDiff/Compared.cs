using System.Text;
using OpsBot.Contracts.Apis;
using OpsBot.Signals.ApiDiff;

namespace OpsBot.Tests.Signals.ApiDiff;

/// <summary>Two descriptions, and what their comparison found, in one line a change.</summary>
internal static class Compared
{
    public static IReadOnlyList<string> Lines(ApiFormat format, string before, string after) =>
        [.. Of(format, Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after)).Changes.Select(Line)];

    public static ApiComparison Of(ApiFormat format, byte[] before, byte[] after) => ApiComparison.Of(ApiReader.Read(before, format), ApiReader.Read(after, format));

    public static string Line(ApiChange change) => $"{(change.Severity == ApiChangeSeverity.Breaking ? "!" : "?")} {change.Kind} {change.Path}";

    public static string Listed(string expected) => expected.Length == 0 ? "" : string.Join('\n', expected.Split('|', StringSplitOptions.TrimEntries));
}

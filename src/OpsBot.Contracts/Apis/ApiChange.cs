namespace OpsBot.Contracts.Apis;

/// <summary>How sure it is that somebody who relied on the old description is hurt.</summary>
public enum ApiChangeSeverity
{
    /// <summary>A caller that used it fails.</summary>
    Breaking,

    /// <summary>A caller may fail; it depends on how strict one of the two sides is.</summary>
    Maybe,
}

/// <summary>One thing that an API promised and does not promise any more.</summary>
/// <param name="Kind">A stable word: <c>field-removed</c>, <c>became-required</c>, …</param>
/// <param name="Path">Where: <c>GET /prices → 200 → currency</c>.</param>
/// <param name="Subject">What was changed, by the name that people know it by.</param>
/// <param name="Done">What was done, <c>{}</c> for the subject: <c>made {} required</c>.</param>
/// <param name="Words">Names that the error of a caller would contain; one that begins with <c>/</c> is the path of an address.</param>
/// <param name="Hint">What it may have been in truth: a new name.</param>
public sealed record ApiChange(
    string Kind, string Path, string Subject, string Done, IReadOnlyList<string> Words, ApiChangeSeverity Severity, string? Hint = null)
{
    /// <summary>What was done, in words, whatever it is called there.</summary>
    public string Did(string called) => Done.Replace("{}", called, StringComparison.Ordinal);
}

/// <summary>What became of one API description of a change, held against the one before.</summary>
/// <param name="Name">Which of the change's descriptions; empty where there is one only.</param>
/// <param name="Version">Of the service, as the change states it.</param>
/// <param name="Previous">Version of the service that it was held against; null where there was none.</param>
/// <param name="More">Changes beyond those that are kept.</param>
/// <param name="Problem">Why nothing, or not all, was compared; null where nothing hindered it.</param>
public sealed record ContractComparison(
    string Name, string? Version, string? Previous, IReadOnlyList<ApiChange> Changes, int More = 0, string? Problem = null);

using OpsBot.Contracts.Apis;

namespace OpsBot.Signals.ApiDiff;

/// <summary>What a new description of an API takes away from those who relied on the old one.</summary>
/// <param name="Changes">Breaking ones first, in the order of the old description; at most <see cref="MaxChanges"/>.</param>
/// <param name="More">How many were left out.</param>
public sealed record ApiComparison(IReadOnlyList<ApiChange> Changes, int More)
{
    public const int MaxChanges = 200;

    public bool Breaks => Changes.Any(change => change.Severity == ApiChangeSeverity.Breaking);

    /// <exception cref="UnreadableApiException">The two cannot be compared.</exception>
    public static ApiComparison Of(ApiDescription before, ApiDescription after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before.Format != after.Format)
        {
            throw new UnreadableApiException($"the old description is {before.Format} and the new one {after.Format}; only two of one format can be compared");
        }

        var found = new ChangeList();
        switch (before.Format)
        {
            case ApiFormat.Protobuf:
                new ProtobufRules(before, after, found).Compare();
                break;
            case ApiFormat.GraphQl:
                new GraphQlRules(before, after, found).Compare();
                break;
            case ApiFormat.OpenApi:
                new OperationRules(found).Compare(before, after);
                break;
            default:
                new TypeRules(found).Compare(before.Types[""], after.Types[""], ApiDirection.Both, ApiPath.Root);
                break;
        }

        return found.ToComparison();
    }
}

/// <summary>Collects changes; the same one is told once.</summary>
internal sealed class ChangeList
{
    private readonly List<ApiChange> _changes = [];
    private readonly HashSet<(string, string, string, string)> _told = [];
    private int _breaking;
    private int _more;

    public void Add(ApiChangeSeverity severity, string kind, ApiPath path, string subject, string done, IEnumerable<string>? words = null, string? hint = null)
    {
        if (!_told.Add((kind, path.ToString(), subject, done)))
        {
            return;
        }

        // those that surely break are kept before those that may
        if (_changes.Count >= ApiComparison.MaxChanges && (severity != ApiChangeSeverity.Breaking || _breaking >= ApiComparison.MaxChanges))
        {
            _more++;
            return;
        }

        _breaking += severity == ApiChangeSeverity.Breaking ? 1 : 0;
        _changes.Add(new ApiChange(kind, Cut(path.ToString()), Cut(subject), Cut(done), [.. (words ?? [subject]).Select(Cut)], severity, hint is null ? null : Cut(hint)));
    }

    public void Breaking(string kind, ApiPath path, string subject, string done, IEnumerable<string>? words = null, string? hint = null) =>
        Add(ApiChangeSeverity.Breaking, kind, path, subject, done, words, hint);

    public void Maybe(string kind, ApiPath path, string subject, string done, IEnumerable<string>? words = null, string? hint = null) =>
        Add(ApiChangeSeverity.Maybe, kind, path, subject, done, words, hint);

    public ApiComparison ToComparison()
    {
        var ordered = _changes.OrderBy(change => change.Severity).ToList();
        return new ApiComparison([.. ordered.Take(ApiComparison.MaxChanges)], _more + Math.Max(0, ordered.Count - ApiComparison.MaxChanges));
    }

    // names come from outside
    private static string Cut(string text) => text.Length <= 300 ? text : text[..(char.IsHighSurrogate(text[298]) ? 298 : 299)] + "…";
}

/// <summary>Where in an API: <c>GET /prices → 200 → currency</c>.</summary>
internal readonly record struct ApiPath(string Text)
{
    public static ApiPath Root { get; } = new("");

    public ApiPath To(string part) => new(Text.Length == 0 ? part : part is "[]" or "{*}" ? Text + part : $"{Text} → {part}");

    public override string ToString() => Text.Length == 0 ? "the document" : Text;
}

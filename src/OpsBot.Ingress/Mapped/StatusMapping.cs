using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Mapped;

/// <summary>Tells from the sender's words whether an alert fires.</summary>
internal sealed class StatusMapping
{
    private readonly Template? _status;
    private readonly Dictionary<string, MappedStatus> _words;
    private readonly MappedStatus? _otherwise;
    private readonly MappedStatus? _missing;

    public StatusMapping(MappingOptions options, MappingReport report)
    {
        _status = report.Optional("status", options.Status);
        _words = new(options.StatusWords, StringComparer.OrdinalIgnoreCase);
        (_otherwise, _missing) = (options.StatusOtherwise, options.StatusMissing);
        report.Count("statusWords", options.StatusWords.Count, MappingLimits.Words);
        if (options.Status is null && options.StatusMissing is null)
            report.Add("status", "missing; say where the sender's status stands, or with statusMissing what an alert without one is");
    }

    public IEnumerable<Template> Templates => _status is null ? [] : [_status];

    /// <returns>null where it is to be ignored.</returns>
    /// <exception cref="UnreadableException">There is none, or its word is not known, and the mapping does not say what then.</exception>
    public AlertStatus? Read(MappedScope scope)
    {
        Found? stated = null;
        foreach (var found in _status?.Each(scope, new TextLimit(Bounds.Name)) ?? [])
        {
            // a word that decides nothing leaves it to the next place: "priority changed" says nothing, "active" beside it does
            if (_words.TryGetValue(found.Text.Trim(), out var meant))
                return Of(meant);
            stated ??= found;
        }

        if (stated is { } word)
            return Of(_otherwise ?? throw new UnreadableException(word.Path, $"{MappedFields.Quote(word.Text)} is none of the words that the mapping knows (statusWords)"));
        return Of(_missing ?? throw new UnreadableException(_status!.Place, "missing"));
    }

    private static AlertStatus? Of(MappedStatus status) => status switch
    {
        MappedStatus.Firing => AlertStatus.Firing,
        MappedStatus.Acknowledged => AlertStatus.Acknowledged,
        MappedStatus.Resolved => AlertStatus.Resolved,
        _ => null,
    };
}

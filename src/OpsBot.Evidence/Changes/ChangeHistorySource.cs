using System.Globalization;
using OpsBot.Contracts;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Evidence.Changes;

/// <summary>The changes that OpsBot itself was told of. Several events of one change are one record.</summary>
internal sealed class ChangeHistorySource(IChangeHistory history, IRedactor redactor, TimeProvider time) : IEvidenceSource
{
    private const int MaxText = 4_000;
    private const int MaxDiff = 64_000;

    public string Name => "changes";

    public async Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var from = request.Baseline is { } baseline && baseline.From < request.Window.From ? baseline.From : request.Window.From;
        var window = new TimeWindow(from, request.Window.To);
        var query = $"changes of {request.Incident.Environment} from {OpsBotJson.Format(window.From)} to {OpsBotJson.Format(window.To)}";
        using var deadline = new CancellationTokenSource(request.Bounds.Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        IReadOnlyList<DeployReported> found;
        try
        {
            found = await history.FindAsync(request.Incident.Environment, window, request.Bounds.MaxRows, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(query, string.Create(CultureInfo.InvariantCulture, $"no answer within {request.Bounds.Deadline.TotalSeconds:0.#} s"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // whatever a store can do to us is a problem of this source, not of the diagnosis
            return Failed(query, e.Message);
        }

        var records = found.GroupBy(c => $"{c.Source}:{c.ChangeKey}", StringComparer.Ordinal)
            .Select(g => ToRecord(g.Key, [.. g.OrderBy(TimeOf)], query))
            .OrderByDescending(r => r.Time).ThenBy(r => r.Id, StringComparer.Ordinal).Take(request.Bounds.MaxRows).ToList();
        return Observations.None with
        {
            Changes = records,
            LookedAt = [query],
            Problems = found.Count < request.Bounds.MaxRows ? [] : [new SourceProblem(Name, $"only the newest {request.Bounds.MaxRows} events were read", Partial: true)],
        };
    }

    private static DateTimeOffset TimeOf(DeployReported change) => change.OccurredAt ?? change.ReceivedAt;

    private ChangeRecord ToRecord(string id, IReadOnlyList<DeployReported> events, string query)
    {
        // a change takes effect when it starts, not when it was planned
        var begun = events.FirstOrDefault(e => e.Status is not (ChangeStatus.Created or ChangeStatus.Waiting)) ?? events[0];
        return new ChangeRecord(
            id, begun.Change, ServiceOf(Last(events, e => e.Service)), TimeOf(begun), Last(events, e => e.Version), Last(events, e => e.Commit), Last(events, e => e.Author),
            Text(Summary(events), MaxText), Text(Last(events, e => e.Diff), MaxDiff),
            LongestOf(events, e => e.Files), LongestOf(events, e => e.OldInstances), LongestOf(events, e => e.NewInstances), $"{query}: {id}")
        {
            Contracts = events.Select(e => e.Comparisons).LastOrDefault(found => found.Count > 0) ?? [],
        };
    }

    /// <summary>A repository (<c>acme/cart</c>) or a namespaced name stands for the service that its last part names.</summary>
    private static string? ServiceOf(string? named) => named is null || named.EndsWith('/') ? named : named[(named.LastIndexOf('/') + 1)..];

    private static string? Summary(IReadOnlyList<DeployReported> events)
    {
        var said = new[] { Last(events, e => e.Title), Last(events, e => e.Summary) }.Where(t => t is not null).Distinct(StringComparer.Ordinal);
        var status = events[^1].Status;
        var text = string.Join(": ", said);
        if (status is ChangeStatus.Failed or ChangeStatus.Cancelled) text = $"{text} ({(status == ChangeStatus.Failed ? "failed" : "cancelled")})".TrimStart();
        return text.Length == 0 ? null : text;
    }

    private string? Text(string? text, int max)
    {
        if (text is null) return null;
        text = redactor.Redact(text);
        return text.Length <= max ? text : string.Concat(text.AsSpan(0, max), "…");
    }

    private static string? Last(IReadOnlyList<DeployReported> events, Func<DeployReported, string?> of) =>
        events.Select(of).LastOrDefault(v => !string.IsNullOrWhiteSpace(v));

    private static IReadOnlyList<string> LongestOf(IReadOnlyList<DeployReported> events, Func<DeployReported, IReadOnlyList<string>> of) =>
        events.Select(of).MaxBy(l => l.Count) ?? [];

    private Observations Failed(string query, string reason) =>
        Observations.None with { LookedAt = [query], Problems = [new SourceProblem(Name, redactor.Redact(reason), Partial: false)] };
}

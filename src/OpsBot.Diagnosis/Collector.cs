using Microsoft.Extensions.Logging;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Evidence;

namespace OpsBot.Diagnosis;

/// <summary>Asks all sources at once. One that fails or is late is named in the problems and costs only what it would have said.</summary>
internal sealed partial class Collector(TimeProvider time, ILogger<Collector> logger)
{
    /// <summary>Sources say at their deadline what they have by then. Only one that does not is given up.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public async Task<Observations> CollectAsync(
        IReadOnlyList<IEvidenceSource> sources, EvidenceRequest request, CancellationToken cancellationToken)
    {
        var seen = await Task.WhenAll(sources.Select(source => AskAsync(source, request, cancellationToken)));
        return seen.Aggregate(Observations.None, (all, one) => all.With(one));
    }

    private async Task<Observations> AskAsync(IEvidenceSource source, EvidenceRequest request, CancellationToken cancellationToken)
    {
        using var record = new SourceRecord(source.Name, time);
        using var deadline = new CancellationTokenSource(request.Bounds.Deadline + Grace, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            // a source that ignores its token is left behind
            return record.Answered(await source.CollectAsync(request, both.Token).WaitAsync(both.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            record.Missed("late");
            SourceLate(source.Name, request.Bounds.Deadline);
            return NotAvailable(source, $"no answer within {request.Bounds.Deadline.TotalSeconds:0.###} s; raise the deadline or narrow the window");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            record.Missed("failed");
            SourceFailed(source.Name, failure.GetType().Name);
            return NotAvailable(source, failure.Message);
        }
    }

    private static Observations NotAvailable(IEvidenceSource source, string reason) =>
        new() { Problems = [new SourceProblem(source.Name, reason, Partial: false)] };

    [LoggerMessage(4001, LogLevel.Warning, "Evidence source {Source} did not answer within {Deadline}")]
    private partial void SourceLate(string source, TimeSpan deadline);

    [LoggerMessage(4002, LogLevel.Warning, "Evidence source {Source} failed with {Failure}")]
    private partial void SourceFailed(string source, string failure);
}

using OpsBot.Contracts.Events;
using OpsBot.Evidence;

namespace OpsBot.Tests.Support;

internal static partial class Some
{
    /// <summary>A source that answers with what it is given.</summary>
    public static IEvidenceSource Source(Observations seen, string name = "test") => new Answers(name, (_, _) => Task.FromResult(seen));

    public static IEvidenceSource Source(string name, Func<EvidenceRequest, CancellationToken, Task<Observations>> answer) => new Answers(name, answer);

    public static ChangeRecord Change(
        string id = "rel-1", string? service = "cart", double minute = 48, ChangeKind kind = ChangeKind.Deploy, string? summary = null, string? diff = null,
        string[]? files = null, string[]? fresh = null, string? commit = null) =>
        new(id, kind, service, LogStart.AddMinutes(minute), null, commit, null, summary, diff, files ?? [], [], fresh ?? [], $"changes row {id}");

    private sealed class Answers(string name, Func<EvidenceRequest, CancellationToken, Task<Observations>> answer) : IEvidenceSource
    {
        public string Name => name;

        public Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken) => answer(request, cancellationToken);
    }
}

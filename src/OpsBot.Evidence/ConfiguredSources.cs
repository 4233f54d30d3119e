using System.Globalization;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Evidence.Commands;
using OpsBot.Evidence.Files;
using OpsBot.Evidence.Limits;
using OpsBot.Evidence.Prometheus;
using OpsBot.Runtime.Processes;
using OpsBot.Runtime.Redaction;
using OpsBot.Runtime.Secrets;

namespace OpsBot.Evidence;

/// <summary>All sources that the options name, looked at side by side. One that fails takes nothing from the others.</summary>
public sealed class ConfiguredSources : IEvidenceSource
{
    private const int AtOnce = 4;

    private readonly TimeProvider _time;

    internal ConfiguredSources(IReadOnlyList<IEvidenceSource> all, TimeProvider time) => (All, _time) = (all, time);

    internal ConfiguredSources(
        IOptions<EvidenceOptions> options, IProcessRunner runner, IHttpClientFactory clients, ISecretReader secrets, KnownSecrets known,
        IRedactor redactor, TimeProvider time)
        : this([
            .. options.Value.Logs.Select(o => new LogFolderSource(o, redactor, time)),
            .. options.Value.Prometheus.Select(o => new PrometheusSource(o, clients, secrets, known, redactor, time)),
            .. options.Value.Commands.Select(o => new CommandSource(o, runner, redactor, time)),
        ],
        time)
    {
    }

    /// <summary>One source an entry of the options, in their order.</summary>
    public IReadOnlyList<IEvidenceSource> All { get; }

    public string Name => "configured sources";

    public async Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var budget = new TimeBudget(request.Bounds.Deadline, _time, cancellationToken);
        using var slots = new SemaphoreSlim(AtOnce);
        var all = await Task.WhenAll(All.Select(source => CollectAsync(source, request, slots, budget, cancellationToken)));
        return all.Aggregate(Observations.None, (sum, one) => sum.With(one));
    }

    private static async Task<Observations> CollectAsync(
        IEvidenceSource source, EvidenceRequest request, SemaphoreSlim slots, TimeBudget budget, CancellationToken cancellationToken)
    {
        try
        {
            await slots.WaitAsync(budget.Stop);
        }
        catch (OperationCanceledException) when (budget.IsSpent)
        {
            return Unasked(source, budget);
        }

        try
        {
            // what it waited for the others it no longer has
            return budget.Left is var left && left > TimeSpan.Zero
                ? await source.CollectAsync(request with { Bounds = request.Bounds with { Deadline = left } }, cancellationToken)
                : Unasked(source, budget);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // a source must not throw; should it do so, the others still count
            return Observations.None with { LookedAt = [source.Name], Problems = [new SourceProblem(source.Name, e.Message, Partial: false)] };
        }
        finally
        {
            slots.Release();
        }
    }

    private static Observations Unasked(IEvidenceSource source, TimeBudget budget) => Observations.None with
    {
        LookedAt = [$"{source.Name}: not asked"],
        Problems = [new SourceProblem(source.Name, string.Create(CultureInfo.InvariantCulture, $"not asked: the sources before it took all of the {budget.Total.TotalSeconds:0.#} s"), Partial: false)],
    };
}

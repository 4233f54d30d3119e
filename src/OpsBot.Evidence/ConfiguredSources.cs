using Microsoft.Extensions.Options;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Evidence.Commands;
using OpsBot.Evidence.Files;
using OpsBot.Evidence.Prometheus;
using OpsBot.Runtime.Processes;
using OpsBot.Runtime.Redaction;
using OpsBot.Runtime.Secrets;

namespace OpsBot.Evidence;

/// <summary>All sources that the options name, looked at side by side. One that fails takes nothing from the others.</summary>
public sealed class ConfiguredSources : IEvidenceSource
{
    private const int AtOnce = 4;

    internal ConfiguredSources(IReadOnlyList<IEvidenceSource> all) => All = all;

    internal ConfiguredSources(
        IOptions<EvidenceOptions> options, IProcessRunner runner, IHttpClientFactory clients, ISecretReader secrets, KnownSecrets known,
        IRedactor redactor, TimeProvider time)
        : this([
            .. options.Value.Logs.Select(o => new LogFolderSource(o, redactor, time)),
            .. options.Value.Prometheus.Select(o => new PrometheusSource(o, clients, secrets, known, redactor, time)),
            .. options.Value.Commands.Select(o => new CommandSource(o, runner, redactor, time)),
        ])
    {
    }

    /// <summary>One source an entry of the options, in their order.</summary>
    public IReadOnlyList<IEvidenceSource> All { get; }

    public string Name => "configured sources";

    public async Task<Observations> CollectAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(AtOnce);
        var all = await Task.WhenAll(All.Select(source => CollectAsync(source, request, slots, cancellationToken)));
        return all.Aggregate(Observations.None, (sum, one) => sum.With(one));
    }

    private static async Task<Observations> CollectAsync(IEvidenceSource source, EvidenceRequest request, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            return await source.CollectAsync(request, cancellationToken);
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
}

using MassTransit;
using OpsBot.Contracts.Apis;
using OpsBot.Contracts.Messages;
using OpsBot.Evidence.Contracts;
using OpsBot.Runtime.Redaction;
using OpsBot.Signals.ApiDiff;
using OpsBot.Storage.Changes;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Deploys;

/// <summary>A change brought API descriptions: fetch those that are linked, hold them against those of the last successful change, keep what was found with the change.</summary>
public sealed class CompareContractsHandler(MessageHandling handling, ContractReader contracts, ContractFetcher fetcher, IRedactor redactor) : IConsumer<Due<CompareContracts>>
{
    /// <summary>A document may be published a moment after the deploy is told.</summary>
    private const int Tries = 3;

    /// <summary>More than these nobody reads, and they would be read with every change of a diagnosis.</summary>
    private const int MostKept = 60;

    public Task Consume(ConsumeContext<Due<CompareContracts>> context) => handling.Handle(context, HandleAsync);

    internal async Task<Effect> HandleAsync(CompareContracts asked, HandlingContext run)
    {
        var (fetched, comparisons) = (new List<KeptContract>(), new List<ContractComparison>());
        foreach (var kept in await contracts.OfChangeAsync(asked.Source, asked.ChangeKey, run.CancellationToken))
        {
            var contract = kept;
            if (contract.Document is null)
            {
                var (document, problem) = await FetchAsync(contract, run);
                if (document is null)
                {
                    comparisons.Add(Nothing(contract, null, problem!));
                    continue;
                }

                fetched.Add(contract = contract with { Document = document });
            }

            comparisons.Add(Compare(contract, await contracts.BeforeAsync(contract, run.CancellationToken)));
        }

        return async scope =>
        {
            foreach (var contract in fetched)
                await ContractTable.FetchedAsync(scope.Transaction, contract);
            await ContractTable.CompareAsync(scope.Transaction, asked.Source, asked.ChangeKey, comparisons);
        };
    }

    private async Task<(byte[]? Document, string? Problem)> FetchAsync(KeptContract contract, HandlingContext run)
    {
        if (contract.Link is not { } link)
            return (null, "the event holds neither a link nor a document that is small enough");
        var fetched = await fetcher.FetchAsync(link, run.CancellationToken);
        if (fetched is { Document: null, MayCome: true } && run.Attempt < Tries)
            throw new HandlingException(FailureCategory.Unavailable, redactor.Redact(fetched.Problem!));
        return (fetched.Document, fetched.Problem);
    }

    private ContractComparison Compare(KeptContract contract, KeptContract? before)
    {
        try
        {
            var now = ApiReader.Read(contract.Document, Format(contract));
            if (before is null || before.Document.AsSpan().SequenceEqual(contract.Document))
                return new ContractComparison(contract.Name, contract.Version, before is null ? null : Called(before), []);
            var found = ApiComparison.Of(ApiReader.Read(before.Document, Format(before)), now);
            return new ContractComparison(
                contract.Name, contract.Version, Called(before), [.. found.Changes.Take(MostKept)], found.More + Math.Max(0, found.Changes.Count - MostKept));
        }
        catch (UnreadableApiException unreadable)
        {
            return Nothing(contract, before, unreadable.Message);
        }
    }

    private ContractComparison Nothing(KeptContract contract, KeptContract? before, string problem) =>
        new(contract.Name, contract.Version, before is null ? null : Called(before), [], Problem: redactor.Redact(problem));

    private static string Called(KeptContract contract) => contract.Version ?? contract.ChangeKey;

    private static ApiFormat? Format(KeptContract contract) => contract.Format is null ? null : ApiFormats.Named(contract.Format);
}

/// <summary>Few at once: each may wait for a server, and holds two documents.</summary>
public sealed class CompareContractsDefinition : ConsumerDefinition<CompareContractsHandler>
{
    public const int Concurrency = 2;

    public CompareContractsDefinition() => ConcurrentMessageLimit = Concurrency;
}

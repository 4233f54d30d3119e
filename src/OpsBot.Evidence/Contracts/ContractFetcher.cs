using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace OpsBot.Evidence.Contracts;

/// <summary>A document that was linked, or why it was not had.</summary>
public sealed record FetchedContract(byte[]? Document, string? Problem)
{
    /// <summary>Another try may have it.</summary>
    public bool MayCome { get; init; }
}

/// <summary>Fetches API descriptions: from allowed addresses only, whatever an event says, bounded in size and time, through no redirect.</summary>
public sealed class ContractFetcher(IHttpClientFactory clients, IOptions<ContractOptions> options, TimeProvider time)
{
    internal const string HttpClientName = "contracts";

    private readonly AllowedAddresses _allowed = new(options.Value.Allow);

    /// <summary>Never throws but for its own cancellation: a document that is not to be had is no reason to lose a change.</summary>
    public async Task<FetchedContract> FetchAsync(string link, CancellationToken cancellationToken)
    {
        if (_allowed.Allowed(link) is not { } address)
        {
            return new FetchedContract(null, "the link is below none of the addresses in contracts.allow, and was not followed");
        }

        var from = $"{address.Scheme}://{address.Authority}";
        using var deadline = new CancellationTokenSource(options.Value.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var http = clients.CreateClient(HttpClientName);
            using var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                var status = (int)response.StatusCode;
                var more = status is >= 300 and < 400 ? ", a redirect, which is not followed" : "";
                return new FetchedContract(null, string.Create(CultureInfo.InvariantCulture, $"{from} answered {status}{more}")) { MayCome = status is 404 or 429 or >= 500 };
            }

            await using var body = new BoundedStream(await response.Content.ReadAsStreamAsync(either.Token), options.Value.MaxBytes);
            using var document = new MemoryStream();
            await body.CopyToAsync(document, either.Token);
            return body.Truncated
                ? new FetchedContract(null, string.Create(CultureInfo.InvariantCulture, $"the document at {from} is larger than {options.Value.MaxBytes:n0} bytes (contracts.maxBytes)"))
                : new FetchedContract(document.ToArray(), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new FetchedContract(null, string.Create(CultureInfo.InvariantCulture, $"{from} did not give the document within {options.Value.Timeout.TotalSeconds:0.#} s (contracts.timeout)")) { MayCome = true };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new FetchedContract(null, $"{from} cannot be reached: {failure.Message}") { MayCome = true };
        }
    }
}

internal static class ContractServices
{
    public static IServiceCollection AddContractFetcher(this IServiceCollection services)
    {
        services.AddOptions<ContractOptions>().ValidateDataAnnotations();
        services.AddHttpClient(ContractFetcher.HttpClientName, static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers()
            // a redirect leads where somebody else wants; cookies have no business here
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                ConnectTimeout = TimeSpan.FromSeconds(5),
            });
        services.TryAddSingleton<ContractFetcher>();
        return services;
    }
}

using System.Net.Http.Headers;
using System.Threading.Channels;

namespace OpsBot.IntegrationTests.Crash;

/// <summary>
/// Delivers as senders do: several at a time, and again and again what was not answered 2xx. Goes only as far as it is let, so that a
/// storm lasts as long as the test wants; some deliveries are sent once more although they were taken.
/// </summary>
/// <param name="patience">How long a post may take; default 30 s.</param>
internal sealed class RetryingSender(string bearer, int seed, int atOnce = 8, TimeSpan? patience = null) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = patience ?? TimeSpan.FromSeconds(30) };
    private readonly SemaphoreSlim _gate = new(0);
    private readonly Random _random = new(seed);
    private int _posts;
    private int _failed;
    private int _again;

    /// <summary>Where it listens now; null while nobody does.</summary>
    public Uri? Target { set => Targets = value is null ? [] : [value]; }

    /// <summary>Where any of several hosts listen now; each post goes to one of them.</summary>
    public IReadOnlyList<Uri> Targets { get; set; } = [];

    public int Posts => _posts;

    /// <summary>Posts without a 2xx answer.</summary>
    public int Failed => _failed;

    /// <summary>Deliveries sent once more on purpose.</summary>
    public int Again => _again;

    /// <summary>Lets so many further deliveries go out.</summary>
    public void Let(int deliveries) => _gate.Release(deliveries);

    /// <summary>Ends when each was answered 2xx.</summary>
    public async Task SendAsync(IEnumerable<StormDelivery> deliveries, CancellationToken cancellationToken)
    {
        var queue = Channel.CreateUnbounded<(StormDelivery, bool)>();
        foreach (var delivery in deliveries)
        {
            queue.Writer.TryWrite((delivery, _random.Next(8) == 0));
        }

        queue.Writer.Complete();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => WorkAsync(queue.Reader, cancellationToken)));
    }

    public void Dispose()
    {
        _http.Dispose();
        _gate.Dispose();
    }

    private async Task WorkAsync(ChannelReader<(StormDelivery, bool)> queue, CancellationToken cancellationToken)
    {
        await foreach (var (delivery, twice) in queue.ReadAllAsync(cancellationToken))
        {
            await _gate.WaitAsync(cancellationToken);
            await UntilTakenAsync(delivery, cancellationToken);
            if (twice)
            {
                Interlocked.Increment(ref _again);
                await UntilTakenAsync(delivery, cancellationToken);
            }
        }
    }

    private async Task UntilTakenAsync(StormDelivery delivery, CancellationToken cancellationToken)
    {
        while (!await TakenAsync(delivery, cancellationToken))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System, cancellationToken);
        }
    }

    private async Task<bool> TakenAsync(StormDelivery delivery, CancellationToken cancellationToken)
    {
        var targets = Targets;
        if (targets.Count == 0)
        {
            return false;
        }

        var target = targets[Interlocked.Increment(ref _posts) % targets.Count];
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(target, $"/webhooks/{delivery.Source}"));
            request.Content = new ByteArrayContent(delivery.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(delivery.Source == "cloudevents" ? "application/cloudevents+json" : "application/json");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
            using var response = await _http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return true;
            }
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // nobody listens, or who listened was killed before it answered
        }

        Interlocked.Increment(ref _failed);
        return false;
    }
}

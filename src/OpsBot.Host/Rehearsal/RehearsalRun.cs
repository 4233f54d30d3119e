using OpsBot.Contracts.Ports;
using OpsBot.Host.Cli;
using OpsBot.Ingress;

namespace OpsBot.Host.Rehearsal;

/// <summary>The program while it is rehearsed: what was started, and how to play senders to it.</summary>
/// <param name="Once">It is to end by itself.</param>
internal sealed record RehearsalRun(WebApplication App, Uri Console, ThreadPrinter Printer, bool Once, TimeProvider Clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // what falls due later than this is the expiry of something, and nothing to wait for
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    public T Get<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>Sends deliveries over HTTP with their senders' signatures. False when one was not taken.</summary>
    public async Task<bool> SendAsync(IReadOnlyList<RehearsalDelivery> deliveries, CancellationToken cancellationToken)
    {
        var signer = Get<ISampleSigner>();
        using var client = new HttpClient();
        var complete = true;
        foreach (var delivery in deliveries)
        {
            await Task.Delay(delivery.After, Clock, cancellationToken);
            var headers = signer.HeadersFor(delivery.Source, delivery.Body, delivery.EventName);
            using var response = await WebhookDelivery.PostAsync(
                client, new Uri(App.Urls.First()), IngressEndpoints.PathOf(delivery.Source) + signer.QueryFor(delivery.Source), headers, delivery.Body, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                complete = false;
                await System.Console.Error.WriteLineAsync($"{delivery.Source} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }
        }

        return complete;
    }

    /// <summary>Waits until nothing is left to do soon. False when that takes too long, or something was given up.</summary>
    public async Task<bool> SettleAsync(CancellationToken cancellationToken)
    {
        var messages = Get<IMessageReader>();
        var begun = Clock.GetTimestamp();
        while (Clock.GetElapsedTime(begun) < Patience)
        {
            var counts = await messages.CountAsync(cancellationToken);
            if (counts is { Waiting: 0, Leased: 0 } && (counts.NextTimer is not { } next || next > Clock.GetUtcNow() + Soon))
            {
                return counts.Dead == 0;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), Clock, cancellationToken);
        }

        await System.Console.Error.WriteLineAsync($"Not everything was handled within {Patience}.");
        return false;
    }
}

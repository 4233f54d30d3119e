using System.Globalization;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Host.Rehearsal;

/// <summary>Prints threads in the terminal as they grow: what is new of timeline and replies, and the whole card when asked.</summary>
internal sealed class ThreadPrinter(IIncidentReader incidents, IRedactor redactor, TimeProvider clock)
{
    private readonly long _begun = clock.GetTimestamp();
    private readonly HashSet<string> _printed = new(StringComparer.Ordinal);

    public async Task FollowAsync(ILiveUpdates live, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var id in live.ReadAsync(cancellationToken))
            {
                await PrintNewsAsync(id, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The rehearsal is over.
        }
    }

    public async Task PrintCardsAsync(CancellationToken cancellationToken)
    {
        foreach (var incident in (await incidents.ListAsync([], 10, 0, cancellationToken)).Reverse())
        {
            if (await incidents.FindAsync(incident.Id, cancellationToken) is { } detail)
            {
                Console.WriteLine();
                Console.Write(CardTextRenderer.Render(CardBuilder.Build(detail.Redacted(redactor)), colours: !Console.IsOutputRedirected));
            }
        }
    }

    private async Task PrintNewsAsync(long id, CancellationToken cancellationToken)
    {
        if (await incidents.FindAsync(id, cancellationToken) is not { } detail)
        {
            return;
        }

        detail = detail.Redacted(redactor);
        foreach (var entry in detail.Timeline)
        {
            Print(detail.Incident, $"{entry.At.Ticks}/{entry.Kind}/{entry.Text}", entry.Text);
        }

        foreach (var reply in detail.Replies)
        {
            Print(detail.Incident, reply.DeliveryId, "» " + reply.Text);
        }
    }

    private void Print(Incident incident, string key, string text)
    {
        if (_printed.Add($"{incident.Id}/{key}"))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{clock.GetElapsedTime(_begun).TotalSeconds,6:0.0} s  {incident.Name}  {PlainText.Line(text, 400)}"));
        }
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpsBot.Contracts.Ports;

namespace OpsBot.Ingress.Webhooks;

/// <summary>What happens to every delivery, whoever sent it: limit → authenticate → parse → normalise → accept.</summary>
internal sealed class WebhookPipeline(
    BodyReader bodies, WebhookReader reader, IIntake intake, DeliveryTaker taker, TimeProvider clock, ILogger<WebhookPipeline> log)
{
    private static readonly TimeSpan StoreRetryAfter = TimeSpan.FromSeconds(10);

    // senders give up after 5 to 16 s themselves; whoever drips a body into our memory for longer is none of them
    private static readonly TimeSpan BodyDeadline = TimeSpan.FromSeconds(30);

    // senders give up after 5 to 16 s: one that is told so in time knows that it must try again, and where to look
    private static readonly TimeSpan IntakeDeadline = TimeSpan.FromSeconds(5);

    private readonly LogInterval _lines = new(TimeSpan.FromMinutes(1), clock);

    public async Task HandleAsync(Sender sender, HttpContext http)
    {
        using var record = new IntakeRecord(sender.Source, http, clock);
        try
        {
            var taken = await FlowAsync(sender, http.Request, http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            await http.Response.WriteAsJsonAsync(taken, http.RequestAborted);
        }
        catch (TurnedAwayException no)
        {
            await TurnAwayAsync(sender, no, http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // the sender hung up: whatever was not committed comes again
            record.HungUp();
        }
    }

    private async Task<Taken> FlowAsync(Sender sender, HttpRequest request, CancellationToken cancellationToken)
    {
        var headers = WebhookHeaders.Of(request);
        if (!sender.Authentication.ReadsBody)
            Authenticate(sender, headers, []);
        using var wire = await LimitAsync(sender, request, cancellationToken);
        if (sender.Authentication.ReadsBody)
            Authenticate(sender, headers, wire.Memory.Span);
        using var inflated = await bodies.InflateAsync(sender, headers["Content-Encoding"], wire.Memory, cancellationToken);
        var deliveries = ParseAndNormalise(sender, headers, (inflated ?? wire).Memory);
        return await AcceptAsync(sender, deliveries, cancellationToken);
    }

    private async Task<BodyBuffer> LimitAsync(Sender sender, HttpRequest request, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(BodyDeadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await bodies.ReadAsync(sender, request, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new TurnedAwayException(
                StatusCodes.Status503ServiceUnavailable, $"The body took longer than {BodyDeadline.TotalSeconds:0} s.", StoreRetryAfter);
        }
        catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw BodyBuffer.TooLarge(sender.MaxBytes);
        }
        catch (BadHttpRequestException bad)
        {
            throw new TurnedAwayException(bad.StatusCode, "The body could not be read to its end.");
        }
    }

    private void Authenticate(Sender sender, WebhookHeaders headers, ReadOnlySpan<byte> body)
    {
        if (sender.Authentication.Accepts(headers, body))
            return;
        intake.CountRefused(sender.Source);
        if (_lines.Due(sender.Source) is { } count)
            IngressLog.Refused(log, sender.Source, count);
        throw new TurnedAwayException(StatusCodes.Status401Unauthorized, "The signature or credential is missing or wrong.") { IsTold = true };
    }

    private IReadOnlyList<ReadDelivery> ParseAndNormalise(Sender sender, WebhookHeaders headers, ReadOnlyMemory<byte> body)
    {
        try
        {
            return reader.Read(sender.Format, headers, body, clock.GetUtcNow());
        }
        catch (NotJsonException wrong)
        {
            throw new TurnedAwayException(StatusCodes.Status400BadRequest, wrong.Message);
        }
    }

    private async Task<Taken> AcceptAsync(Sender sender, IReadOnlyList<ReadDelivery> deliveries, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(IntakeDeadline, clock);
        try
        {
            // a write that is given up here may still be committed; then the sender's next try is a duplicate
            return await taker.CountAsync(deliveries, deadline.Token, cancellationToken).WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new TurnedAwayException(
                StatusCodes.Status503ServiceUnavailable, $"The store has not answered within {IntakeDeadline.TotalSeconds:0} s.", StoreRetryAfter);
        }
        catch (IntakeOverloadedException busy)
        {
            throw new TurnedAwayException(StatusCodes.Status503ServiceUnavailable, "Too much is waiting for the store.", busy.RetryAfter);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // whatever it is, the sender has the event and we do not: it must try again
            if (_lines.Due($"{sender.Source} store") is { } count)
                IngressLog.StoreFailed(log, sender.Source, count, fault);
            throw new TurnedAwayException(StatusCodes.Status503ServiceUnavailable, "The store cannot be reached.", StoreRetryAfter) { IsTold = true };
        }
    }

    private async Task TurnAwayAsync(Sender sender, TurnedAwayException no, HttpContext http)
    {
        if (!no.IsTold && _lines.Due($"{sender.Source} {no.Status}") is { } count)
            IngressLog.TurnedAway(log, sender.Source, no.Status, no.Message, count);
        http.Response.StatusCode = no.Status;
        if (no.RetryAfter is { } wait)
            http.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await http.Response.WriteAsJsonAsync(new { error = no.Message }, http.RequestAborted);
    }
}

using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpsBot.Chat.Teams.Outgoing;
using OpsBot.Chat.Teams.Wire;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Telemetry;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>What happens to every activity: who is it from → read → is it what its token vouches for → normalise → store → answer.</summary>
internal sealed class TeamsIntake(
    TeamsOptions options, BotTokenCheck tokens, ActivityCheck activities, IIntake intake, CardRefresh refresh, EntraDirectory directory, Conversations conversations,
    TimeProvider time, ILogger<TeamsIntake> log)
{
    // whoever spoke waits for it: Teams gives up after 15 s, and after 10 s on a button
    private static readonly TimeSpan IntakeDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private long _refusalLogged = long.MinValue;

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            var answer = await FlowAsync(http, http.RequestAborted);
            if (answer is null) http.Response.StatusCode = StatusCodes.Status200OK;
            else await http.Response.WriteAsJsonAsync(answer, WireJson.Options, http.RequestAborted);
        }
        catch (RefusedException no)
        {
            Refuse(http, no);
        }
        catch (KeysUnavailableException no)
        {
            TurnAway(http, StatusCodes.Status503ServiceUnavailable, no.Message);
        }
        catch (BadActivityException no)
        {
            TurnAway(http, no.Status, no.Message);
        }
        catch (UnreadableActivityException no)
        {
            TurnAway(http, StatusCodes.Status400BadRequest, no.Message);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // the connector hung up; what was not committed is pressed or said again
        }
    }

    private async Task<InvokeAnswer?> FlowAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var token = options.Insecure ? null : await tokens.CheckAsync(http.Request.Headers.Authorization, cancellationToken);
        if (token is null) LoopbackCheck.Check(http);
        var activity = await ActivityBody.ReadAsync(http.Request, time, cancellationToken);
        activities.Check(activity, token);
        // what no token vouches for is no word of Teams about where it is
        if (token is not null) await conversations.RememberAsync(activity, cancellationToken);
        if (activity.Type != "invoke")
        {
            if (ActivityReading.Read(activity, time.GetUtcNow()) is { } said) await AcceptAsync(said, activity, cancellationToken);
            return null;
        }

        if (activity.Name != "adaptiveCard/action")
            throw new BadActivityException(StatusCodes.Status501NotImplemented, "Only the buttons of cards are answered.");
        if (CardChoice.RefreshOf(ActivityReading.DataOf(activity)) is { } incident)
            return await refresh.AnswerAsync(incident, activity.Conversation?.Id, cancellationToken);
        if (ActivityReading.Read(activity, time.GetUtcNow()) is not { } pressed)
            return InvokeAnswer.Error("BadRequest", "OpsBot does not know this button; the card may be of another version.");
        await AcceptAsync(pressed, activity, cancellationToken);
        return InvokeAnswer.Message(Taken(pressed));
    }

    private static string Taken(ChatReceived pressed) => pressed.Choice switch
    {
        { Action: "run" } => "Taken. The answer comes here.",
        { } choice => string.Create(CultureInfo.InvariantCulture, $"Taken: {choice.Action} PROP-{choice.ProposalId} v{choice.Version}. The card shows what comes of it."),
        null => "Taken.",
    };

    private async Task AcceptAsync(ChatReceived said, Activity activity, CancellationToken cancellationToken)
    {
        said = said with { Speaker = said.Speaker with { Email = await directory.EmailAsync(activity, cancellationToken) } };
        var delivery = new Delivery(
            said.Surface, said.EventId, [new DeliveredMessage(ChatReceived.Kind, said.Stream, JsonSerializer.Serialize(said, OpsBotJson.Options))])
        {
            Trace = TraceContext.Current,
        };
        using var deadline = new CancellationTokenSource(IntakeDeadline, time);
        try
        {
            // a write that is given up here may still be committed; the next try of it is then a duplicate
            await intake.AcceptAsync(delivery, cancellationToken).WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new BadActivityException(StatusCodes.Status503ServiceUnavailable, $"The store has not answered within {IntakeDeadline.TotalSeconds:0} s.");
        }
        catch (IntakeOverloadedException)
        {
            throw new BadActivityException(StatusCodes.Status503ServiceUnavailable, "Too much is waiting for the store.");
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            TeamsLog.StoreFailed(log, fault);
            throw new BadActivityException(StatusCodes.Status503ServiceUnavailable, "The store cannot be reached.");
        }
    }

    private void Refuse(HttpContext http, RefusedException no)
    {
        intake.CountRefused(ActivityReading.Surface);
        var (now, last) = (time.GetTimestamp(), Interlocked.Read(ref _refusalLogged));
        if ((last == long.MinValue || time.GetElapsedTime(last, now) >= LogInterval) && Interlocked.CompareExchange(ref _refusalLogged, now, last) == last)
            TeamsLog.Refused(log, no.Message);
        // which of the checks it was is nothing that a stranger needs to know
        http.Response.StatusCode = no.IsForbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
    }

    private void TurnAway(HttpContext http, int status, string reason)
    {
        TeamsLog.TurnedAway(log, status, reason);
        http.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
            http.Response.Headers.RetryAfter = RetryAfter.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
    }
}

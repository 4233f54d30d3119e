using MassTransit;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Storage.Memory;
using OpsBot.Storage.Messages;

namespace OpsBot.Handlers.Outcomes;

/// <summary>An incident is over: keep what it taught, for the next one like it.</summary>
public sealed class RememberOutcomeHandler(MessageHandling handling, IIncidentReader incidents, ILiveUpdates live) : IConsumer<Due<RememberOutcome>>
{
    // Alerts may resolve while the run that helped is still being verified.
    private static readonly TimeSpan RunsNeed = TimeSpan.FromSeconds(30);

    public Task Consume(ConsumeContext<Due<RememberOutcome>> context) => handling.Handle(context, async (request, run) =>
    {
        var detail = await incidents.FindAsync(request.IncidentId, run.CancellationToken);
        // Reopened meanwhile: its next end will be remembered instead. Where nothing ever was wrong there is nothing to learn.
        if (detail is not { Incident.Status: IncidentStatus.Resolved } || detail.Incident is { Severity: SeverityLevel.Info, DiagnosisGeneration: 0 })
        {
            return _ => Task.CompletedTask;
        }

        return async scope =>
        {
            await OutcomeTable.SaveAsync(scope.Transaction, Lesson.Of(detail));
            if (Lesson.IsIncomplete(detail))
            {
                scope.Follow(NewMessage.Of(request, Streams.Outcome(request.IncidentId), RunsNeed));
            }

            scope.AfterCommit(() => live.IncidentChanged(request.IncidentId));
        };
    });
}

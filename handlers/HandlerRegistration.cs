using MassTransit;
using OpsBot.Handlers.Alerts;
using OpsBot.Handlers.Deploys;
using OpsBot.Handlers.Incidents;
using OpsBot.Handlers.Outcomes;
using OpsBot.Handlers.Proposals;
using OpsBot.Handlers.Threads;
using OpsBot.Handlers.Training;

namespace OpsBot.Handlers;

public static class HandlerRegistration
{
    /// <summary>What happens when something arrives: one line a consumer.</summary>
    public static IBusRegistrationConfigurator AddHandlers(this IBusRegistrationConfigurator bus)
    {
        foreach (var (consumer, definition) in Consumers)
        {
            bus.AddConsumer(consumer, definition);
        }

        return bus;
    }

    /// <summary>Each consumer with the definition that it has, null where it has none.</summary>
    public static IReadOnlyList<(Type Consumer, Type? Definition)> Consumers { get; } =
    [
        (typeof(CorrelateAlert), typeof(EventDefinition<CorrelateAlert>)),
        (typeof(RecordChange), typeof(EventDefinition<RecordChange>)),
        (typeof(RecordTrainingJob), typeof(EventDefinition<RecordTrainingJob>)),
        (typeof(DiagnoseIncidentHandler), typeof(DiagnoseIncidentDefinition)),
        (typeof(CloseIncidentHandler), typeof(CloseIncidentDefinition)),
        (typeof(AcknowledgeIncidentHandler), null),
        (typeof(ProposeActionsHandler), typeof(ProposeActionsDefinition)),
        (typeof(ExpireProposalHandler), null),
        (typeof(RunApproved), null),
        (typeof(EditCard), null),
        (typeof(PostThreadReply), null),
        (typeof(RememberOutcomeHandler), null),
    ];
}

using MassTransit;
using OpsBot.Handlers.Alerts;
using OpsBot.Handlers.Deploys;
using OpsBot.Handlers.Incidents;
using OpsBot.Handlers.Proposals;
using OpsBot.Handlers.Threads;
using OpsBot.Handlers.Training;

namespace OpsBot.Handlers;

public static class HandlerRegistration
{
    /// <summary>What happens when something arrives: one line a consumer.</summary>
    public static IBusRegistrationConfigurator AddHandlers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<CorrelateAlert>();
        bus.AddConsumer<RecordChange>();
        bus.AddConsumer<RecordTrainingJob>();
        bus.AddConsumer<DiagnoseIncidentHandler, DiagnoseIncidentDefinition>();
        bus.AddConsumer<CloseIncidentHandler, CloseIncidentDefinition>();
        bus.AddConsumer<AcknowledgeIncidentHandler>();
        bus.AddConsumer<ProposeActionsHandler, ProposeActionsDefinition>();
        bus.AddConsumer<ExpireProposalHandler>();
        bus.AddConsumer<RunApproved>();
        bus.AddConsumer<EditCard>();
        bus.AddConsumer<PostThreadReply>();
        return bus;
    }
}

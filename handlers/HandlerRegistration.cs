using MassTransit;
using OpsBot.Contracts.Messages;
using OpsBot.Handlers.Alerts;
using OpsBot.Handlers.Chat;
using OpsBot.Handlers.Deploys;
using OpsBot.Handlers.Incidents;
using OpsBot.Handlers.Outcomes;
using OpsBot.Handlers.PagerDuty;
using OpsBot.Handlers.Proposals;
using OpsBot.Handlers.Training;
using OpsBot.Handlers.Watches;

namespace OpsBot.Handlers;

public static class HandlerRegistration
{
    /// <summary>What happens when something arrives at a host of these roles: one line a consumer.</summary>
    public static IBusRegistrationConfigurator AddHandlers(this IBusRegistrationConfigurator bus, IReadOnlySet<HostRole> roles)
    {
        foreach (var (consumer, definition, role) in Consumers)
        {
            if (roles.Contains(role))
            {
                bus.AddConsumer(consumer, definition);
            }
        }

        return bus;
    }

    /// <summary>The role whose hosts handle messages of a kind.</summary>
    public static HostRole RoleOf<T>()
        where T : IMessage =>
        Consumers.Single(each => each.Consumer.IsAssignableTo(typeof(IConsumer<Due<T>>))).Role;

    /// <summary>Each consumer with the definition that it has, null where it has none, and whose work it is.</summary>
    public static IReadOnlyList<(Type Consumer, Type? Definition, HostRole Role)> Consumers { get; } =
    [
        (typeof(CorrelateAlert), typeof(EventDefinition<CorrelateAlert>), HostRole.Worker),
        (typeof(RecordChange), typeof(EventDefinition<RecordChange>), HostRole.Worker),
        (typeof(CompareContractsHandler), typeof(CompareContractsDefinition), HostRole.Worker),
        (typeof(RecordTrainingJob), typeof(EventDefinition<RecordTrainingJob>), HostRole.Worker),
        (typeof(DiagnoseIncidentHandler), typeof(DiagnoseIncidentDefinition), HostRole.Worker),
        (typeof(CloseIncidentHandler), typeof(CloseIncidentDefinition), HostRole.Worker),
        (typeof(AcknowledgeIncidentHandler), null, HostRole.Worker),
        (typeof(ProposeActionsHandler), typeof(ProposeActionsDefinition), HostRole.Worker),
        (typeof(ExpireProposalHandler), null, HostRole.Worker),
        (typeof(SumUpRefusedActsHandler), null, HostRole.Worker),
        (typeof(RunApproved), null, HostRole.Worker),
        (typeof(ContinueLoopHandler), null, HostRole.Worker),
        (typeof(EditCard), null, HostRole.Chat),
        (typeof(PostThreadReply), null, HostRole.Chat),
        (typeof(PostCardHandler), null, HostRole.Chat),
        (typeof(PostReplyHandler), null, HostRole.Chat),
        (typeof(PostAnswerHandler), null, HostRole.Chat),
        (typeof(AnswerChat), typeof(AnswerChatDefinition), HostRole.Worker),
        (typeof(EndMuteHandler), null, HostRole.Worker),
        (typeof(StartWatchHandler), null, HostRole.Worker),
        (typeof(TickWatch), typeof(TickWatchDefinition), HostRole.Worker),
        (typeof(TellPagerDutyHandler), null, HostRole.Chat),
        (typeof(RememberOutcomeHandler), null, HostRole.Worker),
    ];
}

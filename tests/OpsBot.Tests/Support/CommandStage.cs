using Microsoft.Extensions.DependencyInjection;
using OpsBot.Chat;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Handlers;
using OpsBot.Handlers.Chat;
using OpsBot.Incidents;
using OpsBot.Incidents.Desk;
using OpsBot.Knowledge;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;
using OpsBot.Watches;
using OpsBot.Watches.Training;

namespace OpsBot.Tests.Support;

/// <summary>People who say things on Slack, over everything that decides and a store on disk. Ana, ben and cleo are sre; eve has no role; nobody knows mallory.</summary>
internal sealed class CommandStage : IAsyncDisposable
{
    private int _events;

    public CommandStage(Action<IServiceCollection>? more = null) => Actions = new ActionStage(services =>
    {
        services.AddIncidents().AddKnowledge().AddChat().AddWatches().AddHandlerServices();
        services.AddSingleton<IMetricSampler>(new ScriptedMetrics());
        services.AddSingleton<ICurveSources, NoCurves>();
        services.Configure<RunbookOptions>(options => options.Folders = [Path.Combine(Architecture.Repository.Root, "runbooks")]);
        more?.Invoke(services);
    });

    public ActionStage Actions { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task OpenAsync(params IEnumerable<AlertReported> alerts)
    {
        foreach (var alert in alerts)
        {
            await Actions.Get<Outbox>().CommitAsync(
                async scope =>
                {
                    await Actions.Get<IncidentDesk>().TakeAsync(alert, scope);
                    return true;
                },
                Token);
        }
    }

    /// <summary>INC-1 has a thread in C1.</summary>
    public Task ThreadAsync(long incident = 1) => Actions.Get<Outbox>().CommitAsync(
        async scope =>
        {
            await SurfaceThreadTable.OpenedAsync(scope.Transaction, incident, "slack", "C1", $"C1/t{incident}", "{}", 1, scope.Now);
            return true;
        },
        Token);

    /// <summary>Somebody says something in the thread of an incident, and is answered.</summary>
    public Task<PostAnswer> SayAsync(string who, string text, string? thread = "t1", ChatChoice? choice = null, ChatWay way = ChatWay.Mention) =>
        HearAsync(new ChatReceived(
            "slack", $"E{++_events}", way, new ChatSpeaker($"U-{who}-1"), new ChatPlace("slack", "C1", thread), text, choice, null, Actions.Clock.GetUtcNow()));

    public async Task<PostAnswer> HearAsync(ChatReceived heard) => (await HeardAsync(heard)).ShouldNotBeNull();

    /// <summary>Null where it gets no answer.</summary>
    public async Task<PostAnswer?> HeardAsync(ChatReceived heard)
    {
        await Actions.Get<Outbox>().CommitAsync(
            scope =>
            {
                scope.Follow(NewMessage.Of(heard, heard.Stream));
                return Task.FromResult(true);
            },
            Token);
        await HandleAsync<ChatReceived>(ActivatorUtilities.CreateInstance<AnswerChat>(Actions.Get<IServiceProvider>()).HandleAsync);
        PostAnswer? answer = null;
        await HandleAsync<PostAnswer>((said, _) =>
        {
            answer = said;
            return Task.FromResult<Effect>(_ => Task.CompletedTask);
        });
        return answer;
    }

    public async Task<IncidentDetail> DetailAsync(long id = 1) => (await Actions.Get<IIncidentReader>().FindAsync(id, Token)).ShouldNotBeNull();

    public async Task<ProposalView> ProposalAsync(long id = 1) => (await Actions.Get<IActionReader>().FindProposalAsync(id, null, Token)).ShouldNotBeNull();

    public Task<IReadOnlyList<AuditRow>> AuditAsync() => Actions.Get<IAuditReader>().NewestAsync(null, 50, Token);

    /// <summary>Handles what waits of one kind.</summary>
    public async Task<int> HandleAsync<T>(Func<T, HandlingContext, Task<Effect>> work)
        where T : IMessage
    {
        var rows = await Actions.Get<MessageQueue>().ClaimDueAsync(new Dictionary<string, int> { [T.Kind] = 32 }, Token);
        foreach (var row in rows)
            await Actions.Get<MessageHandling>().HandleAsync(row.Id, row.LeaseToken, work, Token);
        return rows.Count;
    }

    public ValueTask DisposeAsync() => Actions.DisposeAsync();
}

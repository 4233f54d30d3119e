using Microsoft.Extensions.Logging.Abstractions;
using OpsBot.Chat.Manners;
using OpsBot.Chat.Threads;
using OpsBot.Chat.Web;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;
using OpsBot.Handlers.Chat;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Threads;

namespace OpsBot.Tests.Support;

/// <summary>Posting over a real store: rows are claimed and handled in the order that the bus would, and never twice at a time.</summary>
internal sealed class ChatStage : IAsyncDisposable
{
    private readonly ChatOptions _options = new() { To = ["slack:C1", "teams:T1"], EditEvery = TimeSpan.FromSeconds(2) };
    private readonly IReadOnlyList<IChatSurface> _surfaces;

    public ChatStage(Action<ChatOptions>? manners = null, params IChatSurface[] surfaces)
    {
        manners?.Invoke(_options);
        _surfaces = [new WebSurface(Store.Get<IThreadStore>(), Store.Get<ILiveUpdates>(), Store.Clock), .. surfaces];
    }

    public StoredDesk Desk { get; } = new();

    public StoreFixture Store => Desk.Store;

    public SurfaceThreads Threads => Store.Get<SurfaceThreads>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>One incident, opened.</summary>
    public async Task OpenAsync() => await Desk.TakeAsync(Some.Alert());

    public Task SayAsync(string id, string text = "something", string kind = "state", long incident = 1) => Desk.InAsync(scope =>
    {
        scope.Follow(NewMessage.Of(new PostReply(incident, id, text, kind), Streams.Thread(incident)));
        return Task.CompletedTask;
    });

    public Task TouchCardAsync(long incident = 1) => Desk.InAsync(scope =>
    {
        scope.Follow(NewMessage.Of(new UpdateCard(incident), Streams.Thread(incident), coalesce: true));
        return Task.CompletedTask;
    });

    /// <summary>Handles what is due until nothing is. The clock stands.</summary>
    public async Task SettleAsync()
    {
        for (var round = 0; round < 200; round++)
        {
            var handled = await HandleAsync<UpdateCard>(Card().HandleAsync)
                + await HandleAsync<PostReply>(new PostThreadReply(Store.Handling, _surfaces, Own, Redactor, Store.Get<ILiveUpdates>()).HandleAsync)
                + await HandleAsync<PostCard>(PostCards().HandleAsync)
                + await HandleAsync<PostSurfaceReply>(PostReplies().HandleAsync)
                + await HandleAsync<PostAnswer>(new PostAnswerHandler(Store.Handling, _surfaces, Once(), Manners(), Redactor).HandleAsync);
            if (handled == 0)
                return;
        }

        throw new InvalidOperationException("There is no end to it.");
    }

    /// <summary>The same, over and over while the clock goes on.</summary>
    public async Task SettleForAsync(TimeSpan time)
    {
        var step = TimeSpan.FromSeconds(1);
        for (var gone = TimeSpan.Zero; gone < time; gone += step)
        {
            await SettleAsync();
            Store.Clock.Advance(step);
        }

        await SettleAsync();
    }

    public Task<long> CountAsync(string where) => Store.ScalarAsync($"select count(*) from messages where {where}");

    public ValueTask DisposeAsync() => Desk.DisposeAsync();

    private static readonly OwnSurface Own = new(new HoldPoints(null));

    private static readonly IRedactor Redactor = new FakeRedactor();

    private async Task<int> HandleAsync<T>(Func<T, HandlingContext, Task<Effect>> work)
        where T : IMessage
    {
        var rows = await Store.ClaimAsync(T.Kind);
        foreach (var row in rows)
            await Store.Handling.HandleAsync(row.Id, row.LeaseToken, work, Token);
        return rows.Count;
    }

    private ChatManners Manners() => new(_options);

    private PostOnce Once() => new(Threads, Manners(), new HoldPoints(null), Store.Get<OpsBot.Storage.Engine.StoreClock>(), NullLogger<PostOnce>.Instance);

    private ThreadOpening Opening() => new(Threads, Once(), Manners(), Redactor, Store.Get<OpsBot.Storage.Engine.StoreClock>());

    private EditCard Card() => new(Store.Handling, Store.Get<IIncidentReader>(), _surfaces, Own, Threads, Opening(), Manners(), Store.Get<ILiveUpdates>());

    private PostCardHandler PostCards() => new(Store.Handling, Store.Get<IIncidentReader>(), _surfaces, Opening(), Own, Once());

    private PostReplyHandler PostReplies() => new(Store.Handling, Store.Get<IIncidentReader>(), _surfaces, Opening(), Once(), Manners(), Redactor);
}

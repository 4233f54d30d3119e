using System.Text.Json;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Chat.Web;
using OpsBot.Contracts;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Tests.Chat.Threads;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Web;

public class WebSurfaceTests : ChatSurfaceContract
{
    private static readonly ChatPlace Web = new("web", "");

    private readonly StoreInMemory _store = new();
    private readonly FakeLiveUpdates _live = new();

    protected override IChatSurface Surface => new WebSurface(_store, _live, new StillClock(Some.Night));

    [Fact]
    public async Task Pages_are_told_of_what_changed_and_not_of_what_did_not()
    {
        var reply = new ReplyDelivery(12, "a", "state", PlainText.Line("x", 10), Web);
        await Surface.OpenThreadAsync(
            new CardDelivery(12, "open", CardBuilder.Build(Some.OpenedThread()), 1, Web), TestContext.Current.CancellationToken);
        await Surface.PostReplyAsync(reply, TestContext.Current.CancellationToken);
        await Surface.PostReplyAsync(reply, TestContext.Current.CancellationToken);
        _live.Sent.ShouldBe([12, 12]);
    }

    [Fact]
    public async Task A_reply_keeps_when_it_was_posted_and_of_what_sort_it_is()
    {
        await Surface.OpenThreadAsync(
            new CardDelivery(12, "open", CardBuilder.Build(Some.OpenedThread()), 1, Web), TestContext.Current.CancellationToken);
        await Surface.PostReplyAsync(
            new ReplyDelivery(12, "a", "diagnosis", PlainText.Line("x", 10), Web), TestContext.Current.CancellationToken);
        _store.Replies.Single().ShouldBe(new ThreadReply("a", Some.Night, "diagnosis", "x"));
    }

    [Fact]
    public async Task A_delivery_that_is_repeated_changes_nothing_and_says_so()
    {
        (await OpenAsync()).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeFalse();
        (await OpenAsync()).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeTrue();
        (await ReplyAsync(null, "a", "first")).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeFalse();
        (await ReplyAsync(null, "a", "first")).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeTrue();
        Shown().Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_older_card_never_replaces_a_newer_one()
    {
        var thread = await OpenedAsync();
        await EditAsync(thread, 9, "resolved");
        (await EditAsync(thread, 3, "acknowledged")).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeTrue();
        Shown()[0].Text.ShouldContain("RESOLVED");
    }

    protected override ChatPlace Place => Web;

    /// <summary>Nobody limits our own pages.</summary>
    protected override int LargestMessage => int.MaxValue;

    protected override bool HasButtons => false;

    protected override bool HasFiles => false;

    protected override bool Answers => false;

    protected override IReadOnlyList<Trouble> Troubles => [Trouble.NoConnection];

    protected override IReadOnlyList<ShownMessage> Shown()
    {
        var card = _store.Card is { } json ? JsonSerializer.Deserialize<StatusCard>(json, OpsBotJson.Options)! : null;
        return
        [
            .. card is null ? Array.Empty<ShownMessage>() : [new ShownMessage("INC-12", null, CardTextRenderer.Render(card, 10_000), 0)],
            .. _store.Replies.Select(reply => new ShownMessage(reply.DeliveryId, "INC-12", reply.Text, 0)),
        ];
    }

    protected override void Next(Trouble trouble) => _store.Broken = true;

    private sealed class StoreInMemory : IThreadStore
    {
        private long _version = -1;

        public string? Card { get; private set; }

        public List<ThreadReply> Replies { get; } = [];

        /// <summary>The next write fails.</summary>
        public bool Broken { get; set; }

        public Task<ThreadWrite> OpenAsync(long incidentId, string card, long version, CancellationToken cancellationToken) =>
            Write(() => Card is null, () => (Card, _version) = (card, version), opens: true, cancellationToken);

        public Task<ThreadWrite> SaveCardAsync(long incidentId, string card, long version, CancellationToken cancellationToken) =>
            Write(() => version > _version, () => (Card, _version) = (card, version), opens: false, cancellationToken);

        public Task<ThreadWrite> AppendReplyAsync(long incidentId, ThreadReply reply, CancellationToken cancellationToken) =>
            Write(() => Replies.TrueForAll(r => r.DeliveryId != reply.DeliveryId), () => Replies.Add(reply), opens: false, cancellationToken);

        private Task<ThreadWrite> Write(Func<bool> isNew, Action write, bool opens, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Broken)
            {
                Broken = false;
                throw new InvalidDataException("database disk image is malformed");
            }

            if (Card is null && !opens) return Task.FromResult(ThreadWrite.NoThread);
            if (!isNew()) return Task.FromResult(ThreadWrite.AlreadyDone);
            write();
            return Task.FromResult(ThreadWrite.Done);
        }
    }
}

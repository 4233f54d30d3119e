using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Storage.Threads;

public sealed class ConversationReferencesTests : IAsyncDisposable
{
    private readonly StoreFixture _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IConversationReferences References => _store.Get<IConversationReferences>();

    [Fact]
    public async Task A_conversation_is_reached_as_was_last_said_of_it_and_else_as_was_last_said_of_its_tenant()
    {
        var (one, two, other) = (Reference("19:one", "https://emea/", 1), Reference("19:two", "https://amer/", 2), Reference("19:three", "https://apac/", 3) with { Tenant = "t2" });
        foreach (var each in new[] { one, two, other }) await References.SaveAsync("teams", each, Token);
        (await References.FindAsync("teams", "19:one", "t1", Token)).ShouldBe(one);
        (await References.FindAsync("teams", "19:new", "t1", Token)).ShouldBe(two);
        (await References.FindAsync("teams", "19:three", "t1", Token)).ShouldBe(other, "it is known whose it is");
        (await References.FindAsync("teams", "19:new", "t3", Token)).ShouldBeNull();
        (await References.FindAsync("slack", "19:one", "t1", Token)).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_said_later_counts_in_whatever_order_it_comes()
    {
        await References.SaveAsync("teams", Reference("19:one", "https://emea/", 5), Token);
        await References.SaveAsync("teams", Reference("19:one", "https://old/", 4), Token);
        (await References.FindAsync("teams", "19:one", "t1", Token))!.ServiceUrl.ShouldBe("https://emea/");
        var moved = Reference("19:one", "https://amer/", 6) with { Bot = null, Tenant = "t2" };
        await References.SaveAsync("teams", moved, Token);
        (await References.FindAsync("teams", "19:one", "t1", Token)).ShouldBe(moved);
    }

    [Fact]
    public async Task The_same_said_again_is_no_write()
    {
        await References.SaveAsync("teams", Reference("19:one", "https://emea/", 1), Token);
        await References.SaveAsync("teams", Reference("19:one", "https://emea/", 9), Token);
        (await References.FindAsync("teams", "19:one", "t1", Token))!.At.ShouldBe(DateTimeOffset.UnixEpoch.AddMinutes(1));
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static ConversationReference Reference(string conversation, string service, int minute) =>
        new(conversation, service, "t1", "28:bot", DateTimeOffset.UnixEpoch.AddMinutes(minute));
}

using System.Net;
using Microsoft.IdentityModel.Protocols;
using OpsBot.Chat.Teams.Incoming;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>Keys are kept, rotate, and cannot be made to be asked for by strangers.</summary>
public sealed class SigningKeysTests
{
    [Fact]
    public async Task Keys_are_asked_for_once_a_day()
    {
        await using var app = await TeamsApp.StartAsync();
        for (var hour = 0; hour < 24; hour++)
        {
            (await app.SendAsync(SomeActivity.Mention(id: $"{hour}"))).StatusCode.ShouldBe(HttpStatusCode.OK);
            app.Clock.Advance(TimeSpan.FromHours(1));
        }

        app.Side.KeyRequests.ShouldBe(1);
        (await app.SendAsync(SomeActivity.Mention(id: "next day"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Side.KeyRequests.ShouldBe(2);
    }

    [Fact]
    public async Task A_new_key_is_found_when_it_is_first_used()
    {
        using var next = new TokenMaker("key-2");
        await using var app = await TeamsApp.StartAsync();
        await app.SendAsync(SomeActivity.Mention(id: "1"));
        app.Side.Keys.Add(next.Jwk("msteams"));
        app.Clock.Advance(TimeSpan.FromMinutes(6));

        (await app.SendAsync(SomeActivity.Mention(id: "2"), next.Token(TokenMaker.Claims(app.Clock.GetUtcNow())))).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Side.KeyRequests.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_that_was_withdrawn_is_worth_nothing_after_a_day()
    {
        using var next = new TokenMaker("key-2");
        await using var app = await TeamsApp.StartAsync();
        await app.SendAsync(SomeActivity.Mention(id: "1"));
        app.Side.Keys.Clear();
        app.Side.Keys.Add(next.Jwk("msteams"));
        app.Clock.Advance(TimeSpan.FromHours(24));
        (await app.SendAsync(SomeActivity.Mention(id: "2"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Made_up_key_ids_cost_one_asking_in_five_minutes()
    {
        await using var app = await TeamsApp.StartAsync();
        await app.SendAsync(SomeActivity.Mention(id: "1"));
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        for (var i = 0; i < 20; i++)
        {
            using var stranger = new TokenMaker($"made-up-{i}", bits: 1024);
            (await app.SendAsync(SomeActivity.Mention(), stranger.Token(TokenMaker.Claims(app.Clock.GetUtcNow())))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        app.Side.KeyRequests.ShouldBe(2);
    }

    [Fact]
    public async Task While_no_key_can_be_had_the_connector_is_told_to_try_again()
    {
        await using var app = await TeamsApp.StartAsync();
        app.Side.KeysAreAway = true;
        using (var answer = await app.SendAsync(SomeActivity.Mention()))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        }

        app.Intake.Deliveries.ShouldBeEmpty();
        app.Side.KeysAreAway = false;
        app.Clock.Advance(TimeSpan.FromSeconds(11));
        (await app.SendAsync(SomeActivity.Mention())).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Keys_that_cannot_be_asked_for_again_are_used_for_five_days()
    {
        await using var app = await TeamsApp.StartAsync();
        await app.SendAsync(SomeActivity.Mention(id: "1"));
        app.Side.KeysAreAway = true;
        app.Clock.Advance(TimeSpan.FromDays(4));
        (await app.SendAsync(SomeActivity.Mention(id: "2"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Clock.Advance(TimeSpan.FromDays(2));
        (await app.SendAsync(SomeActivity.Mention(id: "3"))).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Whoever_waits_while_the_publisher_hangs_waits_for_one_asking_and_not_for_one_each()
    {
        var clock = new ManualClock(Some.Night);
        var hanging = new Hanging(clock);
        using var keys = new SigningKeys("https://login.example/.well-known/openid", hanging, clock);
        for (var i = 0; i < 5; i++)
            await Should.ThrowAsync<KeysUnavailableException>(() => keys.FindAsync("key-1", TestContext.Current.CancellationToken));
        hanging.Asked.ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(11));
        await Should.ThrowAsync<KeysUnavailableException>(() => keys.FindAsync("key-1", TestContext.Current.CancellationToken));
        hanging.Asked.ShouldBe(2);
    }

    /// <summary>Takes as long as we wait, and then gives nothing.</summary>
    private sealed class Hanging(ManualClock clock) : IDocumentRetriever
    {
        public int Asked { get; private set; }

        public Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            Asked++;
            clock.Advance(TimeSpan.FromSeconds(10));
            throw new TaskCanceledException("The request was canceled due to the configured HttpClient.Timeout of 10 seconds elapsing.");
        }
    }
}

using System.Net;
using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Threads;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>Where what we post by ourselves goes: where Teams last said, as far as a token vouches for it.</summary>
public sealed class ConversationsTests
{
    private const string Emea = TeamsSide.ServiceUrl;
    private const string Amer = "https://smba.trafficmanager.net/amer/72f988bf-86f1-41af-91ab-2d7cd011db47/";
    private const string OtherChannel = "19:other@thread.tacv2";

    [Fact]
    public async Task Before_anybody_spoke_it_is_where_the_configuration_says()
    {
        await using var app = await TeamsApp.StartAsync();
        (await PlaceOfNewThreadAsync(app, SomeActivity.Channel)).ShouldBe("teams");
    }

    [Fact]
    public async Task A_thread_is_opened_edited_and_replied_to_where_its_channel_was_last_heard_of()
    {
        await using var app = await TeamsApp.StartAsync();
        await HeardAsync(app, SomeActivity.Channel, Emea, minutes: 0);
        var thread = await OpenAsync(app, SomeActivity.Channel);
        app.Side.Connector.Calls[^1].ShouldStartWith("POST emea/");
        await HeardAsync(app, SomeActivity.Channel, Amer, minutes: 1);
        await app.Surface.EditCardAsync(Card(SomeActivity.Channel) with { ThreadReference = thread }, TestContext.Current.CancellationToken);
        app.Side.Connector.Calls[^1].ShouldStartWith("PUT amer/");
        await app.Surface.PostReplyAsync(
            new ReplyDelivery(12, "r", "state", PlainText.Line("x", 10), new ChatPlace("teams", SomeActivity.Channel), thread), TestContext.Current.CancellationToken);
        app.Side.Connector.Calls[^1].ShouldStartWith("POST amer/");
        app.References.Kept.ShouldHaveSingleItem().Bot.ShouldBe($"28:{TeamsSide.AppId}");
    }

    [Fact]
    public async Task A_channel_that_nobody_spoke_in_is_reached_as_the_tenant_was_last()
    {
        await using var app = await TeamsApp.StartAsync();
        await HeardAsync(app, SomeActivity.Channel, Emea, minutes: 0);
        (await PlaceOfNewThreadAsync(app, OtherChannel)).ShouldBe("emea");
    }

    [Fact]
    public async Task That_the_bot_was_added_says_where_a_channel_is()
    {
        await using var app = await TeamsApp.StartAsync();
        await HeardAsync(app, SomeActivity.Channel, Emea, minutes: 0, type: "conversationUpdate");
        app.Intake.Deliveries.ShouldBeEmpty();
        (await PlaceOfNewThreadAsync(app, SomeActivity.Channel)).ShouldBe("emea");
    }

    [Fact]
    public async Task What_was_said_earlier_and_comes_later_changes_nothing_and_nor_does_a_time_to_come()
    {
        await using var app = await TeamsApp.StartAsync();
        await HeardAsync(app, SomeActivity.Channel, Amer, minutes: 0);
        await HeardAsync(app, SomeActivity.Channel, Emea, minutes: -10);
        (await PlaceOfNewThreadAsync(app, SomeActivity.Channel)).ShouldBe("amer");
        await HeardAsync(app, SomeActivity.Channel, Emea, minutes: 100_000);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await HeardAsync(app, SomeActivity.Channel, Amer, minutes: 1);
        (await PlaceOfNewThreadAsync(app, SomeActivity.Channel)).ShouldBe("amer");
    }

    [Theory]
    [InlineData("the token is another's")]
    [InlineData("the tenant is another's")]
    [InlineData("the address is on no list")]
    public async Task An_address_that_nobody_vouches_for_is_not_written_down(string how)
    {
        await using var app = await TeamsApp.StartAsync();
        var (activity, claims) = (Activity(app, SomeActivity.Channel, Amer, 0), TokenMaker.Claims(app.Clock.GetUtcNow()));
        switch (how)
        {
            case "the token is another's":
                break;
            case "the tenant is another's":
                claims["serviceurl"] = Amer;
                activity["conversation"]!["tenantId"] = "11111111-2222-3333-4444-555555555555";
                activity["channelData"]!["tenant"]!["id"] = "11111111-2222-3333-4444-555555555555";
                break;
            default:
                activity["serviceUrl"] = "https://evil.example.org/";
                claims["serviceurl"] = "https://evil.example.org/";
                break;
        }

        (await app.SendAsync(activity, app.Side.Key.Token(claims))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        app.References.Kept.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_written_down_and_is_on_the_list_no_longer_is_not_used()
    {
        await using var app = await TeamsApp.StartAsync();
        await app.References.SaveAsync("teams", new ConversationReference(SomeActivity.Channel, "https://evil.example.org/", TeamsSide.Tenant, null, default), TestContext.Current.CancellationToken);
        (await PlaceOfNewThreadAsync(app, SomeActivity.Channel)).ShouldBe("teams");
        await app.References.SaveAsync("teams", new ConversationReference(SomeActivity.Channel, Emea, "11111111-2222-3333-4444-555555555555", null, default), TestContext.Current.CancellationToken);
        (await PlaceOfNewThreadAsync(app, SomeActivity.Channel)).ShouldBe("teams");
    }

    [Fact]
    public async Task What_somebody_said_is_taken_even_where_that_cannot_be_written_down()
    {
        await using var app = await TeamsApp.StartAsync();
        app.References.Fault = new InvalidOperationException("disk full");
        (await app.SendAsync(SomeActivity.Mention())).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Received.ShouldHaveSingleItem();
    }

    private static async Task HeardAsync(TeamsApp app, string channel, string service, int minutes, string type = "message")
    {
        var claims = TokenMaker.Claims(app.Clock.GetUtcNow());
        claims["serviceurl"] = service;
        (await app.SendAsync(Activity(app, channel, service, minutes).With("type", type), app.Side.Key.Token(claims))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static JsonObject Activity(TeamsApp app, string channel, string service, int minutes)
    {
        var activity = SomeActivity.Mention(id: $"{minutes}").With("serviceUrl", service).With("timestamp", app.Clock.GetUtcNow().AddMinutes(minutes).ToString("O"));
        activity["conversation"]!["id"] = $"{channel};messageid=17";
        return activity;
    }

    private static CardDelivery Card(string channel) => new(12, "INC-12/thread", CardBuilder.Build(Some.DiagnosedThread()), 1, new ChatPlace("teams", channel));

    private static async Task<string?> OpenAsync(TeamsApp app, string channel) =>
        (await app.Surface.OpenThreadAsync(Card(channel), TestContext.Current.CancellationToken)).ShouldBeOfType<SurfaceResult.Posted>().ThreadReference;

    private static async Task<string> PlaceOfNewThreadAsync(TeamsApp app, string channel)
    {
        await OpenAsync(app, channel);
        return app.Side.Connector.Calls[^1].Split(' ')[1].Split('/')[0];
    }
}

using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Contracts;
using OpsBot.Storage.Threads;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>A card that asks gets the card of its own thread and no other.</summary>
public sealed class CardRefreshTests
{
    [Fact]
    public async Task A_card_gets_what_stands_in_its_thread()
    {
        await using var app = await StartAsync();
        var body = await AskAsync(app, 12);
        body.GetProperty("type").GetString().ShouldBe("application/vnd.microsoft.card.adaptive");
        AdaptiveCardRules.Problems(body.GetProperty("value")).ShouldBeEmpty();
        body.GetProperty("value").GetProperty("actions").GetArrayLength().ShouldBe(2);
        app.Intake.Deliveries.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(99)]
    public async Task The_card_of_a_thread_elsewhere_is_not_shown(long incident)
    {
        await using var app = await StartAsync();
        var body = await AskAsync(app, incident);
        body.GetProperty("statusCode").GetInt32().ShouldBe(400);
        body.GetProperty("value").GetProperty("code").GetString().ShouldBe("NotFound");
    }

    private static async Task<TeamsApp> StartAsync()
    {
        var app = await TeamsApp.StartAsync();
        var card = JsonSerializer.Serialize(CardBuilder.Build(Some.ProposedThread()), OpsBotJson.Options);
        app.Threads[12] = new SurfaceThread(SomeActivity.Channel, $"{SomeActivity.Channel}/{SomeActivity.Root}", card, 7, 0);
        app.Threads[13] = new SurfaceThread("19:board@thread.tacv2", $"19:board@thread.tacv2/{SomeActivity.Root}", card, 7, 0);
        // another thread of the same channel, and one whose card nobody knows
        app.Threads[14] = new SurfaceThread(SomeActivity.Channel, $"{SomeActivity.Channel}/17", card, 7, 0);
        app.Threads[15] = new SurfaceThread(SomeActivity.Channel, $"{SomeActivity.Channel}/{SomeActivity.Root}", "", 0, 0);
        return app;
    }

    private static async Task<JsonElement> AskAsync(TeamsApp app, long incident) =>
        await (await app.SendAsync(SomeActivity.Invoke(new JsonObject { ["opsbot"] = "refresh", ["incident"] = incident })))
            .Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
}

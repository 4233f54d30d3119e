using Microsoft.Playwright;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Threads;
using OpsBot.IntegrationTests.Console;
using OpsBot.IntegrationTests.Support;
using OpsBot.Tests.Support;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>Our cards and buttons in Microsoft's own page: what it shows of them, and what it sends when they are pressed.</summary>
[Collection(Demo.DemoTests.Hard)]
public sealed class PlaygroundTests(ChromiumFixture chromium)
{
    private const string Hostile = "<at>everyone</at> **p99** [click](https://evil.example.org) <b>above</b> 2 s";

    private static readonly ChatPlace Place = new("teams", PlaygroundServer.Channel);

    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 60_000 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thread_opens_its_card_is_edited_and_its_buttons_come_back()
    {
        // the program itself does as much, with the incident that it is for
        LongRun.Require();
        var browser = await chromium.BrowserAsync();
        var port = ServerProcess.FreePort();
        await using var bot = await TeamsBot.StartAsync(port, Stop);
        await using var playground = await PlaygroundServer.StartAsync(bot.Endpoint, port, Stop);
        var page = await playground.OpenAsync(browser);
        await PlaygroundServer.EnterChannelAsync(page);

        var card = Card(IncidentStatus.Open);
        var decision = card.Decisions.ShouldHaveSingleItem();
        var thread = (await bot.Surface.OpenThreadAsync(new CardDelivery(12, "INC-12/card/1", card, 1, Place), Stop)).ShouldBeOfType<SurfaceResult.Posted>().ThreadReference;
        await Expect(page.GetByText(Hostile)).ToBeVisibleAsync(Patient);
        await Expect(page.Locator(".ac-adaptiveCard a, .ac-adaptiveCard strong, .ac-adaptiveCard b")).ToHaveCountAsync(0);
        await PictureAsync(page, "opened");

        (await bot.Surface.EditCardAsync(new CardDelivery(12, "INC-12/card/2", Card(IncidentStatus.Acknowledged), 2, Place, thread), Stop)).ShouldBeOfType<SurfaceResult.Posted>();
        await Expect(page.GetByText("ACKNOWLEDGED")).ToBeVisibleAsync(Patient);
        await Expect(page.GetByText(Hostile)).ToHaveCountAsync(1);

        (await bot.Surface.PostReplyAsync(Reply(thread, "Likely cause (82 %): deploy of payments 4.12.0 <b>[E1]</b>"), Stop)).ShouldBeOfType<SurfaceResult.Posted>();
        await Expect(page.GetByText("Likely cause (82 %): deploy of payments 4.12.0 <b>[E1]</b>")).ToBeVisibleAsync(Patient);

        await page.GetByRole(AriaRole.Button, new() { Name = $"Approve {decision.Name}", Exact = true }).ClickAsync();
        await Expect(page.GetByText($"Taken: approve {decision.Name} v{decision.Version}.")).ToBeVisibleAsync(Patient);
        await PictureAsync(page, "approved");
        var approved = bot.Received.ShouldHaveSingleItem();
        approved.Choice.ShouldNotBeNull().Action.ShouldBe("approve");
        (approved.Choice.ProposalId, approved.Choice.Version).ShouldBe((decision.ProposalId, decision.Version));
        approved.Speaker.UserId.ShouldBe(PlaygroundServer.AlexInEntra);
        $"{approved.Place.Channel}/{approved.Place.Thread}".ShouldBe(thread);

        await page.GetByRole(AriaRole.Button, new() { Name = $"Refuse {decision.Name}…", Exact = true }).ClickAsync();
        await page.GetByLabel("Why (may be left empty)").FillAsync("The fix is on its way");
        await PictureAsync(page, "refusing");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Refuse {decision.Name}", Exact = true }).ClickAsync();
        await Expect(page.GetByText($"Taken: refuse {decision.Name} v{decision.Version}.")).ToBeVisibleAsync(Patient);
        bot.Received.Count.ShouldBe(2);
        bot.Received[1].Choice!.Values.ShouldBe(new Dictionary<string, string> { ["reason"] = "The fix is on its way" });
    }

    [Fact]
    public async Task Words_in_a_chat_with_the_bot_are_answered_there_with_a_form_that_comes_back()
    {
        var browser = await chromium.BrowserAsync();
        var port = ServerProcess.FreePort();
        await using var bot = await TeamsBot.StartAsync(port, Stop);
        await using var playground = await PlaygroundServer.StartAsync(bot.Endpoint, port, Stop);
        var page = await playground.OpenAsync(browser);
        await page.GetByText("Personal Chat").First.ClickAsync();
        await page.GetByRole(AriaRole.Textbox).Last.ClickAsync();
        await page.Keyboard.TypeAsync("run restart");
        await page.Keyboard.PressAsync("Enter");

        var said = await OpsBotProgram.UntilAsync(() => Task.FromResult(bot.Received.Count > 0 ? bot.Received[0] : null), "what was typed", Stop);
        (said.Way, said.Text).ShouldBe((ChatWay.Direct, "run restart"));
        var form = new AnswerForm(PlainText.Line("restart", 40), "run restart", [new AnswerField("service", PlainText.Line("which one", 40), Required: true, null, ["checkout", "payments"])]);
        var answer = new AnswerDelivery("answer-1", said.Place, PlainText.Block("Which <b>service</b>?\n  * checkout\n  * payments", 200), OnlyAsker: true, said.Speaker.UserId, said.ReplyHandle) { Form = form };
        (await bot.Surface.AnswerAsync(answer, Stop)).ShouldBeOfType<SurfaceResult.Posted>();
        await Expect(page.GetByText("Which <b>service</b>?")).ToBeVisibleAsync(Patient);
        await page.GetByRole(AriaRole.Combobox).Last.ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "payments", Exact = true }).ClickAsync();
        await PictureAsync(page, "form");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();

        var sent = await OpsBotProgram.UntilAsync(() => Task.FromResult(bot.Received.Count > 1 ? bot.Received[1] : null), "the form", Stop);
        (sent.Way, sent.Text).ShouldBe((ChatWay.Form, "run restart"));
        sent.Choice!.Values.ShouldBe(new Dictionary<string, string> { ["service"] = "payments" });
    }

    private static StatusCard Card(IncidentStatus status)
    {
        var detail = Some.ProposedThread();
        return CardBuilder.Build(detail with { Incident = detail.Incident with { Id = 12, Status = status, Title = Hostile } });
    }

    private static ReplyDelivery Reply(string? thread, string text) => new(12, "INC-12/diagnosis/1", "diagnosis", PlainText.Line(text, CardLimits.Reply), Place, thread);

    /// <summary>For looking at, where OPSBOT_CONSOLE_SHOTS names a folder.</summary>
    internal static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("OPSBOT_CONSOLE_SHOTS") is not { Length: > 0 } folder) return;
        Directory.CreateDirectory(folder);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"teams-{name}.png") });
    }
}

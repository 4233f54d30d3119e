using System.Globalization;
using Microsoft.Playwright;
using OpsBot.Chat.Teams;
using OpsBot.Contracts.Actions;
using OpsBot.IntegrationTests.Actions;
using OpsBot.IntegrationTests.Console;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>The whole program behind Microsoft's own page of Teams: what is approved there runs, once.</summary>
[Collection(Demo.DemoTests.Hard)]
public sealed class PlaygroundProgramTests(ChromiumFixture chromium)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 90_000 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_incident_has_its_thread_and_what_is_approved_in_the_page_runs_once()
    {
        var browser = await chromium.BrowserAsync();
        var port = ServerProcess.FreePort();
        await using var stage = new ActionStage(Sections(port));
        await stage.OpenIncidentAsync(Stop);
        await using var serve = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Stop);
        await using var playground = await PlaygroundServer.StartAsync(new Uri(await serve.Webhooks, TeamsEndpoints.Path), port, Stop);
        var page = await playground.OpenAsync(browser);
        await PlaygroundServer.EnterChannelAsync(page);

        var proposal = await stage.ProposedAsync("change", [new Dictionary<string, string> { ["name"] = "one", ["outcome"] = "good" }], Stop);
        var approve = page.GetByRole(AriaRole.Button, new() { Name = $"Approve {proposal.Name}", Exact = true });
        await Expect(approve).ToBeVisibleAsync(Patient);
        await Expect(page.GetByText("Checkout p99 latency above 2 s").First).ToBeVisibleAsync(Patient);
        await PlaygroundTests.PictureAsync(page, "program-proposed");

        // two presses of one person before the card could change
        await approve.DblClickAsync();
        await Expect(page.GetByText($"Taken: approve {proposal.Name} v1.")).ToBeVisibleAsync(Patient);
        (await stage.RunOfAsync(proposal, Stop)).Status.ShouldBe(RunStatus.Verified);
        await Expect(page.GetByText("done and verified").First).ToBeVisibleAsync(Patient);
        await Expect(approve).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        await PlaygroundTests.PictureAsync(page, "program-done");

        stage.Effects().ShouldHaveSingleItem().Op.ShouldBe("run");
        (await stage.RunsAsync(Stop)).ShouldHaveSingleItem();
        stage.Store.Count("select count(*) from audit where kind = 'approved' and actor = 'bo'").ShouldBe(1);
        stage.Store.Count("select count(*) from threads where surface = 'teams'").ShouldBe(1);

        // the same words as everywhere, in a chat with the bot
        await page.GetByText("Personal Chat").First.ClickAsync();
        await page.GetByRole(AriaRole.Textbox).Last.ClickAsync();
        await page.Keyboard.TypeAsync(string.Create(CultureInfo.InvariantCulture, $"status INC-{stage.Incident}"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText($"INC-{stage.Incident}").Last).ToBeVisibleAsync(Patient);
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(stage.Store.Count("select count(*) from chat_deliveries where surface = 'teams' and delivery_id like 'answer/%' and status = 'posted'") >= 1 ? "answered" : null),
            "the answer", Stop);
        await PlaygroundTests.PictureAsync(page, "program-status");
    }

    private static string Sections(int port) => $$"""
        teams:
          appId: playground
          tenants: [{{PlaygroundServer.Tenant}}]
          serviceUrl: {{PlaygroundServer.ServiceUrl(port)}}
          serviceUrls: [{{PlaygroundServer.ServiceUrl(port)}}]
          insecure: true
        chat:
          to: ["teams:{{PlaygroundServer.Channel}}"]
          editEvery: 200ms

        """;
}

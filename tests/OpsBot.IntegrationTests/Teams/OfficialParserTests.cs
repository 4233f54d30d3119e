using System.Text.Json;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Teams.Cards;
using OpsBot.IntegrationTests.Console;
using OpsBot.IntegrationTests.Support;
using OpsBot.Tests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>Our cards before the parser and renderer that Microsoft ships (npm adaptivecards), in a real browser.</summary>
public sealed class OfficialParserTests(ChromiumFixture chromium)
{
    private const string Check = """
        json => {
          const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5);
          const card = new AdaptiveCards.AdaptiveCard();
          card.parse(JSON.parse(json), context);
          const faults = [];
          for (let i = 0; i < context.eventCount; i++) faults.push(context.getEventAt(i).message);
          for (const event of card.validateProperties().validationEvents) faults.push(event.message);
          // marks that a client would follow, in whatever it takes for Markdown; text runs are none
          AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
            result.outputHtml = text.replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>').replace(/\[(.+?)\]\((.+?)\)/g, '<a href="$2">$1</a>');
            result.didProcess = true;
          };
          const node = card.render();
          for (const tag of ['a', 'strong', 'em', 'at', 'b', 'script', 'img']) if (node && node.querySelector(tag)) faults.push('renders <' + tag + '>');
          if (!node) faults.push('renders nothing');
          return faults;
        }
        """;

    [Fact]
    public async Task Every_card_of_the_samples_is_taken_without_a_word_and_a_planted_fault_is_not()
    {
        var browser = await chromium.BrowserAsync();
        var clients = await NpmFolder.InstalledAsync("Teams/Clients", TestContext.Current.CancellationToken);
        var page = await browser.NewPageAsync();
        await page.AddScriptTagAsync(new() { Path = Path.Combine(clients, "node_modules", "adaptivecards", "dist", "adaptivecards.js") });
        foreach (var detail in new[]
        {
            Some.OpenedThread(), Some.DiagnosedThread(), Some.AbstainedThread(), Some.StormThread(), Some.ProposedThread(), Some.ReopenedThread(), Some.HostileThread(),
        })
        {
            var card = AdaptiveCardRenderer.Render(CardBuilder.Build(detail), detail.Incident.Id);
            // what only Teams knows: clients elsewhere pass over it
            card.Remove("msteams");
            (await page.EvaluateAsync<string[]>(Check, card.ToJsonString())).ShouldBeEmpty(detail.Incident.Title);
        }

        var faulty = AdaptiveCardRenderer.Render(CardBuilder.Build(Some.ProposedThread()), 12);
        faulty["body"]!.AsArray().Add(JsonSerializer.SerializeToNode(new { type = "TextBlock", text = "**bold** [x](https://example.org)", size = "enormous" }));
        var faults = await page.EvaluateAsync<string[]>(Check, faulty.ToJsonString());
        faults.ShouldContain("renders <a>");
        faults.ShouldContain("renders <strong>");
        faults.Length.ShouldBe(3, string.Join('\n', faults));
    }
}

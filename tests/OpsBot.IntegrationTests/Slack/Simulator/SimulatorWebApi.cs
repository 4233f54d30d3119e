using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OpsBot.IntegrationTests.Slack.Simulator;

/// <summary>Takes a call of the Web API apart, checks its token, and answers as Slack does: 200 with <c>ok</c>, or 429 with Retry-After.</summary>
internal sealed class SimulatorWebApi(SlackSimulator simulator)
{
    private static readonly string[] AsJson = ["blocks", "metadata", "view", "files", "attachments"];

    private readonly SimulatorMethods _methods = new(simulator);

    public async Task AnswerAsync(HttpContext http)
    {
        var method = (string)http.Request.RouteValues["method"]!;
        var args = await ArgumentsAsync(http.Request);
        simulator.Calls.Enqueue(method);
        simulator.Limits.Called(method, TimeProvider.System.GetUtcNow());
        var fault = simulator.NextFault(method);
        if (simulator.IsDown)
        {
            http.Abort();
            return;
        }

        if (await simulator.Trap.ReachAsync($"{method}/before"))
        {
            http.Abort();
            return;
        }

        switch (fault)
        {
            case SlackFault.RateLimited:
                simulator.Limits.Quiet(method, TimeProvider.System.GetUtcNow(), simulator.RetryAfter, tooFast: false);
                await LimitedAsync(http, simulator.RetryAfter);
                return;
            case SlackFault.Cut:
                http.Abort();
                return;
            case SlackFault.ServerError:
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return;
        }

        var answer = Token(http.Request, args, method) is { } refused ? Error(refused)
            : fault == SlackFault.Forbidden ? Error("restricted_action") : _methods.Answer(method, args);
        if (fault == SlackFault.AnswerLost || await simulator.Trap.ReachAsync($"{method}/after"))
        {
            http.Abort();
            return;
        }

        if ((int?)answer["retry_after"] is { } wait)
        {
            simulator.Limits.Quiet(method, TimeProvider.System.GetUtcNow(), wait, tooFast: true);
            await LimitedAsync(http, wait);
            return;
        }

        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(answer.ToJsonString(), http.RequestAborted);
    }

    /// <summary>The second step of the external upload: the bytes, to the address that the first step gave.</summary>
    public async Task UploadAsync(HttpContext http)
    {
        var id = (string)http.Request.RouteValues["file"]!;
        using var bytes = new MemoryStream();
        if (await simulator.Trap.ReachAsync("upload/before"))
        {
            http.Abort();
            return;
        }

        if (http.Request.HasFormContentType)
            await (await http.Request.ReadFormAsync()).Files[0].CopyToAsync(bytes);
        else
            await http.Request.Body.CopyToAsync(bytes);
        if (_methods.Uploaded(id, bytes.ToArray()) is { } problem)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync(problem);
            return;
        }

        await http.Response.WriteAsync($"OK - {bytes.Length}");
    }

    /// <summary>A response_url: no token, only whoever has the address.</summary>
    public async Task RespondAsync(HttpContext http)
    {
        simulator.Calls.Enqueue("response_url");
        var args = await ArgumentsAsync(http.Request);
        var answer = _methods.Respond((string)http.Request.RouteValues["channel"]!, (string)http.Request.RouteValues["user"]!, args);
        if ((bool)answer["ok"]!)
        {
            await http.Response.WriteAsync("ok");
            return;
        }

        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        await http.Response.WriteAsync(answer.ToJsonString());
    }

    public static JsonObject Error(string error, params string[] messages) => messages.Length == 0
        ? new JsonObject { ["ok"] = false, ["error"] = error }
        : new JsonObject
        {
            ["ok"] = false,
            ["error"] = error,
            ["response_metadata"] = new JsonObject { ["messages"] = new JsonArray([.. messages.Select(message => (JsonNode)$"[ERROR] {message}")]) },
        };

    private static string? Token(HttpRequest request, JsonObject args, string method)
    {
        var header = request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..] : (string?)args["token"];
        if (string.IsNullOrEmpty(token))
            return "not_authed";
        if (method == "apps.connections.open")
            return token == SlackWorkspace.AppToken ? null : token == SlackWorkspace.BotToken ? "not_allowed_token_type" : "invalid_auth";
        return token == SlackWorkspace.BotToken ? null : "invalid_auth";
    }

    private static Task LimitedAsync(HttpContext http, int seconds)
    {
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("""{"ok":false,"error":"ratelimited"}""");
    }

    private static async Task<JsonObject> ArgumentsAsync(HttpRequest request)
    {
        var args = new JsonObject();
        foreach (var (key, value) in request.Query)
            args[key] = value.ToString();
        if (request.HasFormContentType)
        {
            foreach (var (key, value) in await request.ReadFormAsync())
                args[key] = AsJson.Contains(key) ? Parsed(value.ToString()) : value.ToString();
            return args;
        }

        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        return Parsed(await reader.ReadToEndAsync()) as JsonObject ?? args;
    }

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}

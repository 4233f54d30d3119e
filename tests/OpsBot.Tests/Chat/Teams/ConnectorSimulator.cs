using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>
/// A Bot Connector that keeps what is posted and refuses what the real one refuses: no token, <c>"attachments": null</c>, too many bytes, a card that holds
/// against the schema. Text and card in one activity are taken without an id, as in Teams.
/// </summary>
internal sealed class ConnectorSimulator(Func<string, bool> isGoodToken)
{
    private const int MaxBytes = 28 * 1024;

    private readonly Lock _lock = new();
    private long _next = 1_700_000_000_000;

    /// <summary>What stands, oldest first.</summary>
    public List<Post> Posts { get; } = [];

    /// <summary>Method, path and conversation of every call, refused ones too.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Answers the next calls instead of doing them.</summary>
    public Queue<(int Status, string? RetryAfter, string? Code)> Failures { get; } = [];

    /// <summary>Calls that are done before <see cref="Failures"/> begin.</summary>
    public int FailsAfter { get; set; }

    /// <summary>Does the next call and then breaks the connection off before the answer.</summary>
    public bool LosesTheAnswer { get; set; }

    /// <summary>The next call does not get through.</summary>
    public bool IsAway { get; set; }

    public bool RefusesPersonalChats { get; set; }

    /// <summary>What the directory has of people, by their id here.</summary>
    public Dictionary<string, object> Roster { get; } = new(StringComparer.Ordinal);

    /// <summary>Holds a call before and after its effect (<c>post/before</c>, <c>update/after</c>); true where whoever called is gone by then.</summary>
    public Func<string, ValueTask<bool>>? Held { get; set; }

    /// <summary>Answers a call instead of doing it, by what it is and where; null lets it pass.</summary>
    public Func<string, string, (int Status, string? RetryAfter, string? Code)?>? Mood { get; set; }

    /// <summary>Why calls were refused by a rule of the protocol.</summary>
    public List<string> Violations { get; } = [];

    public void Map(WebApplication app, string host)
    {
        app.MapPost("/{**path}", (string path, HttpContext http) => TakeAsync(path, http)).RequireHost(host);
        app.MapGet("/{**path}", (string path, HttpContext http) => TakeAsync(path, http)).RequireHost(host);
        app.MapPut("/{**path}", (string path, HttpContext http) => TakeAsync(path, http)).RequireHost(host);
    }

    private async Task TakeAsync(string path, HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        var what = WhatOf(http.Request.Method, path);
        if (Held is not null && await Held($"{what}/before"))
        {
            http.Abort();
            return;
        }

        var answer = Take(http.Request, path, body);
        if (Held is not null && await Held($"{what}/after"))
        {
            http.Abort();
            return;
        }

        if (LosesTheAnswer)
        {
            LosesTheAnswer = false;
            http.Abort();
            return;
        }

        http.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is { } wait) http.Response.Headers.RetryAfter = wait;
        if (answer.Body is not null) await http.Response.WriteAsJsonAsync(answer.Body, http.RequestAborted);
    }

    private Answer Take(HttpRequest request, string path, string body)
    {
        lock (_lock)
        {
            Calls.Add($"{request.Method} {path}");
            if (!isGoodToken(request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal))) return Refuse(401, "Unauthorized", "Authorization has been denied");
            if (--FailsAfter < 0 && Failures.TryDequeue(out var failure)) return new Answer(failure.Status, failure.Code is null ? null : Error(failure.Code, "said the test"), failure.RetryAfter);
            if (Mood?.Invoke(WhatOf(request.Method, path), PlaceOf(path, body)) is { } mood) return new Answer(mood.Status, mood.Code is null ? null : Error(mood.Code, "said the test"), mood.RetryAfter);
            if (Encoding.UTF8.GetByteCount(body) > MaxBytes) return Refuse(413, "MessageSizeTooBig", "Message size too large.");
            var segments = path.Split('/').SkipWhile(part => part != "v3").ToArray();
            if (segments is ["v3", "conversations", _, "members", var user] && request.Method == "GET")
                return Roster.TryGetValue(user, out var member) ? new Answer(200, member) : new Answer(404, Error("MemberNotFoundInConversation", "The member was not found."));
            using var document = JsonDocument.Parse(body);
            return segments switch
            {
                ["v3", "conversations"] => Create(document.RootElement),
                ["v3", "conversations", var conversation, "activities"] => Post(conversation, document.RootElement),
                ["v3", "conversations", var conversation, "activities", var id] => request.Method == "PUT"
                    ? Update(conversation, id, document.RootElement)
                    : Post(conversation, document.RootElement),
                _ => Refuse(404, "NotFound", path),
            };
        }
    }

    /// <summary>What everybody sees now.</summary>
    public IReadOnlyList<Post> Snapshot()
    {
        lock (_lock) return [.. Posts];
    }

    // create, post, update, member
    private static string WhatOf(string method, string path) => (method, path.EndsWith("/conversations", StringComparison.Ordinal)) switch
    {
        ("GET", _) => "member",
        ("PUT", _) => "update",
        (_, true) => "create",
        _ => "post",
    };

    // the conversation, or the channel in which one is made
    private static string PlaceOf(string path, string body)
    {
        if (path.Split('/').SkipWhile(part => part != "v3").Skip(2).FirstOrDefault() is { } conversation) return conversation;
        using var document = JsonDocument.Parse(body);
        return document.RootElement.TryGetProperty("channelData", out var data) && data.TryGetProperty("channel", out var channel) ? channel.GetProperty("id").GetString()! : "";
    }

    private Answer Create(JsonElement body)
    {
        if (!body.TryGetProperty("isGroup", out var group) || !group.GetBoolean())
        {
            if (RefusesPersonalChats) return new Answer(403, Error("BotNotInConversationRoster", "The bot is not part of the conversation roster."));
            return body.TryGetProperty("members", out var members) && members.GetArrayLength() == 1
                ? new Answer(201, new { id = $"a:chat-with-{members[0].GetProperty("id").GetString()}" })
                : Refuse(400, "BadArgument", "Incorrect conversation creation parameters");
        }

        if (!body.GetProperty("channelData").GetProperty("channel").TryGetProperty("id", out var channel) || !body.TryGetProperty("activity", out var activity))
            return Refuse(400, "BadArgument", "Incorrect conversation creation parameters");
        if (Problem(activity) is { } problem) return Refuse(400, "BadSyntax", problem);
        var id = Next();
        Posts.Add(new Post($"{channel.GetString()};messageid={id}", id, activity.Clone(), 0));
        return new Answer(201, new { id = Posts[^1].Conversation, activityId = id });
    }

    private Answer Post(string conversation, JsonElement activity)
    {
        if (Problem(activity) is { } problem) return Refuse(400, "BadSyntax", problem);
        var id = Next();
        Posts.Add(new Post(conversation, id, activity.Clone(), 0));
        return activity.TryGetProperty("text", out _) && activity.TryGetProperty("attachments", out _) ? new Answer(202, null) : new Answer(201, new { id });
    }

    private Answer Update(string conversation, string id, JsonElement activity)
    {
        if (Problem(activity) is { } problem) return Refuse(400, "BadSyntax", problem);
        var index = Posts.FindIndex(post => post.Conversation == conversation && post.Id == id);
        if (index < 0) return new Answer(404, Error("ActivityNotFoundInConversation", "The specified activity was not found."));
        Posts[index] = Posts[index] with { Activity = activity.Clone(), Edits = Posts[index].Edits + 1 };
        return new Answer(200, new { id });
    }

    private static string? Problem(JsonElement activity)
    {
        if (!activity.TryGetProperty("type", out var type) || type.GetString() != "message") return "type is not message";
        var empty = activity.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Null).Select(member => member.Name).ToList();
        if (empty.Count > 0) return $"{empty[0]} is null";
        if (activity.TryGetProperty("textFormat", out var format) && format.GetString() is not ("plain" or "markdown" or "xml")) return "textFormat is unknown";
        if (!activity.TryGetProperty("attachments", out var attachments)) return activity.TryGetProperty("text", out _) ? null : "it is empty";
        foreach (var attachment in attachments.EnumerateArray())
        {
            if (attachment.GetProperty("contentType").GetString() != "application/vnd.microsoft.card.adaptive") return "the attachment is no Adaptive Card";
            if (AdaptiveCardRules.Problems(attachment.GetProperty("content")).FirstOrDefault() is { } problem) return problem;
        }

        return null;
    }

    private Answer Refuse(int status, string code, string message)
    {
        Violations.Add($"{status} {code}: {message}");
        return new Answer(status, Error(code, message));
    }

    private static object Error(string code, string message) => new { error = new { code, message } };

    private string Next() => (++_next).ToString(CultureInfo.InvariantCulture);

    private sealed record Answer(int Status, object? Body, string? RetryAfter = null);
}

/// <summary>Something that stands in a conversation.</summary>
internal sealed record Post(string Conversation, string Id, JsonElement Activity, int Edits)
{
    public JsonElement Card => Activity.GetProperty("attachments")[0].GetProperty("content");

    /// <summary>The texts of its runs, a line each.</summary>
    public IReadOnlyList<string> Lines => [.. Card.GetProperty("body").EnumerateArray().Where(element => element.GetProperty("type").GetString() == "RichTextBlock")
        .Select(element => string.Concat(element.GetProperty("inlines").EnumerateArray().Select(run => run.GetProperty("text").GetString())))];
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using static OpsBot.IntegrationTests.Slack.Simulator.SimulatorMethods;
using static OpsBot.IntegrationTests.Slack.Simulator.SimulatorWebApi;

namespace OpsBot.IntegrationTests.Slack.Simulator;

/// <summary>The external upload: an address is asked for, the bytes go there, and it is completed, shared in a channel or kept.</summary>
internal sealed class SimulatorFiles(SlackSimulator simulator)
{
    private readonly ConcurrentDictionary<string, (string Name, int Length, byte[]? Bytes)> _begun = new(StringComparer.Ordinal);
    private int _number;

    public JsonObject Begin(JsonObject args)
    {
        if ((string?)args["filename"] is not { Length: > 0 } name || !int.TryParse(args["length"]?.ToString(), CultureInfo.InvariantCulture, out var length) || length < 1)
            return Error("invalid_arguments");
        var id = string.Create(CultureInfo.InvariantCulture, $"F0{Interlocked.Increment(ref _number):0000}");
        _begun[id] = (name, length, null);
        return Ok(("upload_url", new Uri(simulator.Url, $"upload/{id}").ToString()), ("file_id", id));
    }

    public string? Uploaded(string id, byte[] bytes)
    {
        if (!_begun.TryGetValue(id, out var begun))
            return "no such upload";
        if (bytes.Length != begun.Length)
            return $"{bytes.Length} bytes, announced were {begun.Length}";
        _begun[id] = begun with { Bytes = bytes };
        return null;
    }

    public JsonObject Complete(JsonObject args)
    {
        if (args["files"] is not JsonArray { Count: > 0 } files)
            return Error("invalid_arguments");
        var channel = (string?)args["channel_id"];
        if (channel is not null && !simulator.Workspace.Channels.Contains(channel))
            return Error("channel_not_found");
        var done = new List<SlackFile>();
        foreach (var id in files.Select(file => (string?)file?["id"] ?? ""))
        {
            if (!_begun.TryGetValue(id, out var begun) || begun.Bytes is null)
                return Error("file_not_found");
            done.Add(new SlackFile(id, begun.Name, begun.Bytes, (string?)files[0]!["title"] ?? begun.Name));
        }

        done.ForEach(file => simulator.Workspace.Locked(() => simulator.Workspace.Files[file.Id] = file));
        if (channel is not null)
        {
            simulator.Workspace.Add(new SlackMessage(channel, simulator.Workspace.NextTs(TimeProvider.System.GetUtcNow()), (string?)args["initial_comment"] ?? "")
            {
                ThreadTs = (string?)args["thread_ts"],
                Files = done,
            });
        }

        return Ok(("files", new JsonArray([.. done.Select(file => (JsonNode)new JsonObject { ["id"] = file.Id, ["title"] = file.Title })])));
    }
}

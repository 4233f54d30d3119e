using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OpsBot.IntegrationTests.Slack.Simulator;

/// <summary>Socket Mode: an address is used once, hello comes first, each envelope goes to one connection and again to another where nobody acknowledges it.</summary>
internal sealed class SimulatorSockets
{
    private readonly ConcurrentDictionary<string, bool> _tickets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, SimulatedSocket> _open = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _waiting = new(StringComparer.Ordinal);
    private int _number;

    /// <summary>The connections that stand, oldest first.</summary>
    public IReadOnlyList<SimulatedSocket> Open => [.. _open.Values.OrderBy(socket => socket.Number)];

    /// <summary>How many were ever opened.</summary>
    public int Opened => Volatile.Read(ref _number);

    public string NewAddress(Uri server)
    {
        var ticket = Guid.NewGuid().ToString("N");
        _tickets[ticket] = true;
        return $"ws://{server.Authority}/link?ticket={ticket}&app_id={SlackWorkspace.AppId}";
    }

    public async Task AcceptAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest || !_tickets.TryRemove(http.Request.Query["ticket"].ToString(), out _))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var web = await http.WebSockets.AcceptWebSocketAsync();
        using var socket = new SimulatedSocket(Interlocked.Increment(ref _number), web);
        await socket.SendAsync(new JsonObject
        {
            ["type"] = "hello",
            ["num_connections"] = _open.Count + 1,
            ["connection_info"] = new JsonObject { ["app_id"] = SlackWorkspace.AppId },
            ["debug_info"] = new JsonObject { ["host"] = "simulator", ["approximate_connection_time"] = 3600 },
        });
        _open[socket.Number] = socket;
        try
        {
            await ReadAsync(web);
        }
        finally
        {
            _open.TryRemove(socket.Number, out _);
        }
    }

    /// <summary>Sends an envelope over a connection and gives back what it was acknowledged with; null where nobody did in time.</summary>
    /// <param name="connection">Which; the oldest where it is not said.</param>
    /// <param name="envelopeId">The same again for a redelivery; a new one where it is not said.</param>
    public async Task<JsonObject?> DeliverAsync(string type, JsonObject payload, TimeSpan limit, SimulatedSocket? connection = null, string? envelopeId = null, bool acceptsResponse = false, int retry = 0)
    {
        var id = envelopeId ?? Guid.NewGuid().ToString();
        var acknowledged = _waiting[id] = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        var envelope = new JsonObject { ["envelope_id"] = id, ["type"] = type, ["accepts_response_payload"] = acceptsResponse, ["payload"] = payload.DeepClone() };
        if (type == "events_api")
            (envelope["retry_attempt"], envelope["retry_reason"]) = (retry, retry > 0 ? "timeout" : "");
        await (connection ?? Open[0]).SendAsync(envelope);
        try
        {
            return await acknowledged.Task.WaitAsync(limit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public async Task CloseAllAsync()
    {
        foreach (var socket in _open.Values)
            await socket.CutAsync();
    }

    private async Task ReadAsync(WebSocket web)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (web.State == WebSocketState.Open)
            {
                using var text = new MemoryStream();
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await web.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                    text.Write(buffer, 0, part.Count);
                }
                while (!part.EndOfMessage);

                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await web.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    return;
                }

                var answer = JsonNode.Parse(Encoding.UTF8.GetString(text.ToArray()))!.AsObject();
                if ((string?)answer["envelope_id"] is { } id && _waiting.TryRemove(id, out var waiting))
                    waiting.TrySetResult(answer);
            }
        }
        catch (WebSocketException)
        {
            // the other side went away without a word
        }
    }
}

/// <summary>One connection, seen from Slack's side.</summary>
internal sealed class SimulatedSocket(int number, WebSocket web) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    public int Number => number;

    public void Dispose() => _one.Dispose();

    /// <exception cref="WebSocketException">The other side is gone.</exception>
    public async Task SendAsync(JsonObject message)
    {
        try
        {
            await _one.WaitAsync();
            try
            {
                await web.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            }
            finally
            {
                _one.Release();
            }
        }
        catch (ObjectDisposedException gone)
        {
            throw new WebSocketException(WebSocketError.InvalidState, gone);
        }
    }

    /// <summary><c>warning</c>: it will be closed in about ten seconds; <c>refresh_requested</c>: at once; <c>link_disabled</c>: Socket Mode was switched off.</summary>
    public Task DisconnectAsync(string reason) => SendAsync(new JsonObject { ["type"] = "disconnect", ["reason"] = reason, ["debug_info"] = new JsonObject { ["host"] = "simulator" } });

    public async Task CloseAsync() => await web.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    /// <summary>The network goes away.</summary>
    public Task CutAsync()
    {
        web.Abort();
        return Task.CompletedTask;
    }
}

using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using OpsBot.Chat.Slack.Wire;
using OpsBot.Runtime.Text;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>
/// One connection in Socket Mode. It reads on while envelopes are at work. Each envelope is acknowledged only after what it says is committed; one that cannot be stored is not, and Slack sends its
/// event again, over this connection or another.
/// </summary>
internal sealed class SocketConnection(SlackInbox inbox, EnvelopeLanes lanes, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    private const int LargestMessage = 1 << 20, Buffer = 32 * 1024;

    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(3);

    private readonly ClientWebSocket _socket = new();

    // a socket sends one message at a time
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly TaskCompletionSource _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _goodbye = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done once Slack has said hello.</summary>
    public Task Hello => _hello.Task;

    /// <summary>Done once Slack says that it will close, with its reason: another connection should be opened now.</summary>
    public Task<string> Goodbye => _goodbye.Task;

    public async Task ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        // without a pong the connection is dead, whatever TCP thinks
        _socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
        _socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(15);
        await _socket.ConnectAsync(address, cancellationToken);
    }

    /// <summary>Reads until the connection ends; how it ended does not matter. Only cancellation is thrown.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReceiveAsync(cancellationToken) is { } message)
                await HandleAsync(message, cancellationToken);
        }
        catch (Exception end) when (end is WebSocketException or IOException or ObjectDisposedException || (end is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // another connection is opened
        }
    }

    /// <summary>Says goodbye, so that Slack sends nothing more here; what came is handled by whoever still reads.</summary>
    public async Task CloseAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(CloseLimit, clock);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // it is gone already
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The next message; null at the end. One that is too large is read and thrown away: an element of no kind.</summary>
    private async Task<JsonElement?> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[Buffer];
        var tooLarge = false;
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync();
                return null;
            }

            tooLarge |= whole.Length + part.Count > LargestMessage;
            if (!tooLarge)
                whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                break;
        }

        if (tooLarge)
        {
            SlackLog.Unreadable(log, $"larger than {LargestMessage >> 10} KiB");
            return default(JsonElement);
        }

        try
        {
            var text = whole.GetBuffer().AsMemory(0, (int)whole.Length);
            using var document = JsonDocument.Parse(JsonEscapes.Mended(text.Span) ?? text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            SlackLog.Unreadable(log, "no JSON");
            return default(JsonElement);
        }
    }

    private async Task HandleAsync(JsonElement message, CancellationToken cancellationToken)
    {
        switch (message.Word("type"))
        {
            case "hello":
                _hello.TrySetResult();
                return;
            case "disconnect":
                _goodbye.TrySetResult(message.Word("reason") ?? "no reason");
                return;
        }

        if (message.Word("envelope_id") is not { Length: > 0 and <= 200 } id)
            return;
        var (type, payload) = (message.Word("type") ?? "", message.Part("payload"));
        await lanes.AddAsync(
            EnvelopeLanes.Of(type, payload),
            async () =>
            {
                if (await IsStoredAsync(type, payload, cancellationToken))
                    await AcknowledgeAsync(id, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Where the connection has ended meanwhile, Slack sends it again over the next, and it is one row.</summary>
    private async Task AcknowledgeAsync(string id, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["envelope_id"] = id }), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task<bool> IsStoredAsync(string type, JsonElement payload, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StoreLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await (type switch
            {
                "events_api" => inbox.EventAsync(payload, both.Token),
                "interactive" => inbox.InteractionAsync(payload, both.Token),
                "slash_commands" => inbox.CommandAsync(name => payload.Word(name), both.Token),
                // of a kind that this version does not know there is nothing to keep
                _ => Task.CompletedTask,
            }).WaitAsync(both.Token);
            return true;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            SlackLog.StoreFailed(log, type is "events_api" or "interactive" or "slash_commands" ? type : "other", fault);
            return false;
        }
    }
}

using System.Net.Sockets;

namespace OpsBot.Benchmarks.Load;

/// <summary>What came of one stretch of load.</summary>
/// <param name="Accepted">Answered 202.</param>
/// <param name="Refused">Answered 503, as may be.</param>
/// <param name="Failed">Any other answer, or none.</param>
/// <param name="Latencies">Milliseconds from when each was to be sent to its answer, sorted: waiting for a connection counts.</param>
internal sealed record Sent(long Accepted, long Refused, long Failed, double[] Latencies)
{
    public double At(double quantile) => Latencies.Length == 0 ? 0 : Latencies[(int)Math.Min(Latencies.Length - 1, quantile * Latencies.Length)];
}

/// <summary>
/// Sends at a fixed rate over kept connections, whatever the answers do: a slow server does not slow the senders of the world down. Written on
/// sockets because it shares two cores with what it measures.
/// </summary>
internal sealed class Generator(Uri target, AlertMix mix, int connections) : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private long _number;

    /// <param name="rate">Requests a second; 0 for as many as the connections carry.</param>
    public async Task<Sent> SendAsync(double rate, TimeSpan duration)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var first = _number;
        var results = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => ConnectionAsync(begun, first, rate, duration))));
        return new Sent(
            results.Sum(each => each.Accepted), results.Sum(each => each.Refused), results.Sum(each => each.Failed),
            [.. results.SelectMany(each => each.Latencies).Order()]);
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private async Task<Sent> ConnectionAsync(long begun, long first, double rate, TimeSpan duration)
    {
        long accepted = 0, refused = 0, failed = 0;
        var latencies = new List<double>();
        var buffer = new byte[16 * 1024];
        Socket? socket = null;
        while (true)
        {
            var number = Interlocked.Increment(ref _number) - 1;
            var due = rate > 0 ? TimeSpan.FromSeconds((number - first) / rate) : TimeProvider.System.GetElapsedTime(begun);
            if (due >= duration)
            {
                return new Sent(accepted, refused, failed, [.. latencies]);
            }

            if (due - TimeProvider.System.GetElapsedTime(begun) is { Ticks: > 0 } early)
            {
                await Task.Delay(early, TimeProvider.System, CancellationToken.None);
            }

            try
            {
                socket ??= await ConnectAsync();
                await socket.SendAsync(mix.Request(number, target.Authority), SocketFlags.None);
                var status = await AnswerAsync(socket, buffer);
                (accepted, refused, failed) = status switch
                {
                    202 => (accepted + 1, refused, failed),
                    503 => (accepted, refused + 1, failed),
                    _ => (accepted, refused, failed + 1),
                };
            }
            catch (SocketException)
            {
                failed++;
                socket?.Dispose();
                socket = null;
            }

            latencies.Add((TimeProvider.System.GetElapsedTime(begun) - due).TotalMilliseconds);
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target.Host, target.Port);
        lock (_sockets)
        {
            _sockets.Add(socket);
        }

        return socket;
    }

    /// <summary>Reads one answer to its end; its status.</summary>
    private static async Task<int> AnswerAsync(Socket socket, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None);
            if (read == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            length += read;
            if (IsWhole(buffer.AsSpan(0, length)))
            {
                return (buffer[9] - '0') * 100 + (buffer[10] - '0') * 10 + (buffer[11] - '0');
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        var headers = answer[..(head + 2)];
        if (headers.IndexOf("chunked\r\n"u8) >= 0)
        {
            return answer.EndsWith("0\r\n\r\n"u8);
        }

        var at = headers.IndexOf("Content-Length: "u8);
        var body = 0;
        for (var i = at + 16; at >= 0 && headers[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            body = body * 10 + (headers[i] - '0');
        }

        return answer.Length >= head + 4 + body;
    }
}

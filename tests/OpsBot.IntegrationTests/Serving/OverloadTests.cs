using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Serving;

/// <summary>More comes in than can be taken: memory stays bounded, and one sender's flood is that sender's alone.</summary>
public sealed class OverloadTests : IDisposable
{
    private const int Connections = 48;
    private const int FloodBody = 4 << 20;
    private const int SmallAlerts = 30;
    private const string Bearer = "a-bearer-of-the-flood";

    /// <summary>
    /// Measured: about 500 MiB, of which an idle process has 150. 48 connections with 4 MiB each come again and again, some 192 MiB at any moment; what is read of them is at most 24 MiB on the wire, and
    /// a few times that while it is parsed.
    /// </summary>
    private const long MostResidentKiB = 900 * 1024;

    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_flood_of_one_sender_is_answered_202_or_503_and_another_sender_always_gets_in()
    {
        LongRun.Require();
        var config = _folder.Write("opsbot.yaml", $$"""
            senders:
              cloudevents: { bearer: a-bearer-of-the-proofs }
              alertmanager: { bearer: {{Bearer}} }
              maxInFlightMiB: 32
            store: { writeQueue: 100, writeQueueMiB: 16 }
            """);
        await using var opsbot = await OpsBotProcess.ServeAsync(_folder, config, Cancel);
        var to = await opsbot.Webhooks;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var flood = new Flood(to);
        var floods = Enumerable.Range(0, Connections).Select(connection => Task.Run(() => flood.PourAsync(connection, enough.Token), Cancel)).ToList();

        await flood.Refused.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, Cancel);
        using var sender = new AlertSender();
        var small = new List<string>();
        for (var i = 0; i < SmallAlerts; i++)
        {
            var (status, answer, _) = await sender.PostAsync(to, $"small-{i}", Cancel);
            status.ShouldBe(HttpStatusCode.Accepted, $"{i}: {answer}\n{flood}");
            small.Add($"small-{i}");
        }

        await enough.CancelAsync();
        await Task.WhenAll(floods);
        flood.Wrong.ShouldBeEmpty();
        flood.Accepted.ShouldNotBeEmpty("a flood too gets in as far as there is room");
        var resident = ResidentKiB(opsbot.Id);
        resident.ShouldBeLessThan(MostResidentKiB, $"KiB resident at most; {flood}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{resident >> 10} MiB resident at most; {flood}");

        var stored = _folder.Store.Query("select stream from messages where delivery_key is not null", row => row.GetString(0)).ToHashSet();
        foreach (var key in small.Concat(flood.Accepted))
        {
            stored.ShouldContain(stream => stream.EndsWith(key, StringComparison.Ordinal), key);
        }
    }

    /// <summary>The most memory that the process ever had.</summary>
    private static long ResidentKiB(int id) => File.ReadLines($"/proc/{id}/status")
        .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
        .Single();

    /// <summary>One sender with many connections, each with one large body after the other.</summary>
    private sealed class Flood(Uri to)
    {
        private static readonly string Padding = new('x', FloodBody);

        private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _refusals;

        public ConcurrentBag<string> Accepted { get; } = [];

        /// <summary>Answers that are neither 202 nor 503 with when to try again, and requests without any.</summary>
        public ConcurrentBag<string> Wrong { get; } = [];

        /// <summary>Ends with the first 503.</summary>
        public Task Refused => _refused.Task;

        public async Task PourAsync(int connection, CancellationToken enough)
        {
            using var http = new HttpClient();
            for (var i = 0; !enough.IsCancellationRequested && Wrong.IsEmpty; i++)
            {
                await PostAsync(http, $"flood-{connection}-{i}-end");
            }
        }

        public override string ToString() => $"{Accepted.Count} of the flood were taken and {_refusals} refused";

        // Not ended in between: what is hung up on has no answer that could be right or wrong.
        private async Task PostAsync(HttpClient http, string key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(to, "/webhooks/alertmanager"));
            request.Headers.Authorization = new("Bearer", Bearer);
            request.Content = new StringContent(
                $$"""
                {"version":"4","status":"firing","receiver":"opsbot","groupKey":"{}","padding":"{{Padding}}",
                 "alerts":[{"status":"firing","fingerprint":"{{key}}","labels":{"alertname":"Flood","service":"flood","instance":"{{key}}"},"annotations":{},"startsAt":"2026-01-05T03:00:00Z"}]}
                """,
                Encoding.UTF8, "application/json");
            try
            {
                using var response = await http.SendAsync(request, Cancel);
                var text = await response.Content.ReadAsStringAsync(Cancel);
                if (response.StatusCode == HttpStatusCode.Accepted)
                {
                    Accepted.Add(key);
                }
                else if (response.StatusCode == HttpStatusCode.ServiceUnavailable && response.Headers.RetryAfter?.Delta > TimeSpan.Zero)
                {
                    Interlocked.Increment(ref _refusals);
                    _refused.TrySetResult();
                }
                else
                {
                    Wrong.Add($"{(int)response.StatusCode} {text}");
                }
            }
            catch (HttpRequestException failure)
            {
                Wrong.Add(failure.ToString());
            }
        }
    }
}

using System.IO.Compression;
using System.Net;
using System.Text;
using OpsBot.Ingress.Webhooks;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Webhooks;

/// <summary>How much of a body is read, and how much memory bodies may have.</summary>
public sealed class BodyLimitTests
{
    [Fact]
    public async Task A_body_over_the_limit_is_answered_413_whether_its_length_is_announced_or_not()
    {
        await using var app = await IngressApp.StartAsync(options =>
        {
            Some.AllSenders(options);
            options.Alertmanager!.MaxBodyMiB = 1;
        });
        var body = new byte[(1 << 20) + 1];
        body.AsSpan().Fill((byte)' ');
        var fits = Encoding.UTF8.GetBytes(Some.WebhookBody("alertmanager").PadRight(1 << 20));

        foreach (var chunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/alertmanager") { Content = new ByteArrayContent(body) };
            request.Headers.TransferEncodingChunked = chunked;
            request.Headers.Add("Authorization", "Bearer " + Some.Bearer);
            using var answer = await app.Client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        }

        using var whole = await app.SendAsync("alertmanager", fits, app.Signer.HeadersFor("alertmanager", fits));
        whole.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Gzip_is_accepted_and_bounded_after_decompression()
    {
        await using var app = await IngressApp.StartAsync();
        var bomb = new byte[9 << 20];
        bomb.AsSpan().Fill((byte)' ');
        (byte[] Body, string Coding, int Status)[] bodies =
        [
            (Gzip(Encoding.UTF8.GetBytes(Some.WebhookBody("alertmanager"))), "gzip", 202),
            (Gzip(bomb), "gzip", 413),
            ([1, 2, 3, 4], "gzip", 400),
            (Gzip(Encoding.UTF8.GetBytes(Some.WebhookBody("alertmanager")))[..60], "gzip", 400),
            (Encoding.UTF8.GetBytes(Some.WebhookBody("alertmanager")), "identity", 202),
            (Encoding.UTF8.GetBytes(Some.WebhookBody("alertmanager")), "br", 415),
        ];

        foreach (var (body, coding, status) in bodies)
        {
            var headers = new Dictionary<string, string> { ["Authorization"] = "Bearer " + Some.Bearer, ["Content-Encoding"] = coding };
            using var answer = await app.SendAsync("alertmanager", body, headers);
            ((int)answer.StatusCode).ShouldBe(status, coding);
        }

        // the same body, compressed or not, is the same delivery
        app.Intake.Deliveries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task More_bodies_than_memory_is_for_are_answered_503()
    {
        var budget = new BodyBudget(200_000);
        using var first = await ReadAsync(budget, "a", 60_000);

        var refused = await Should.ThrowAsync<TurnedAwayException>(() => ReadAsync(budget, "a", 60_000));
        first.Dispose();
        using var second = await ReadAsync(budget, "a", 40_000);

        (refused.Status, refused.RetryAfter).ShouldBe((503, TimeSpan.FromSeconds(5)));
        second.Memory.Length.ShouldBe(40_000);
    }

    [Fact]
    public async Task One_sender_does_not_take_the_memory_of_all()
    {
        var budget = new BodyBudget(1_000_000);
        var taken = new List<BodyBuffer>();
        await Should.ThrowAsync<TurnedAwayException>(async () =>
        {
            while (true) taken.Add(await ReadAsync(budget, "greedy", 60_000));
        });

        using (var other = await ReadAsync(budget, "other", 10_000)) other.Memory.Length.ShouldBe(10_000);
        budget.InUse.ShouldBeLessThanOrEqualTo(750_000);
        taken.ForEach(body => body.Dispose());
        budget.InUse.ShouldBe(0);
    }

    private static Task<BodyBuffer> ReadAsync(BodyBudget budget, string source, int length) =>
        BodyBuffer.ReadAsync(new MemoryStream(new byte[length]), 1 << 20, null, budget.Of(source), default);

    private static byte[] Gzip(byte[] body)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(body);
        return stream.ToArray();
    }
}

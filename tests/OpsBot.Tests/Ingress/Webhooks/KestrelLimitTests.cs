using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsBot.Contracts.Ports;
using OpsBot.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Webhooks;

/// <summary>The web server has a limit of its own; the sender's must win in both directions. On the loopback interface.</summary>
public sealed class KestrelLimitTests
{
    [Theory]
    [InlineData(31 << 20, false, HttpStatusCode.Accepted)]
    [InlineData((32 << 20) + 1, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData((33 << 20) + 1, true, HttpStatusCode.RequestEntityTooLarge)]
    public async Task The_limit_of_the_sender_counts_and_not_that_of_the_server(int bytes, bool chunked, HttpStatusCode expected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IIntake>(new InMemoryIntake());
        builder.Services.Configure<SendersOptions>(options => options.GitHub = new() { Insecure = true, MaxBodyMiB = 32 });
        builder.Services.AddIngress();
        await using var app = builder.Build();
        app.MapIngress();
        await app.StartAsync();
        var body = new byte[bytes];
        body.AsSpan().Fill((byte)' ');
        System.Text.Encoding.UTF8.GetBytes(Some.GitHubPush().ToJsonString()).CopyTo(body, 0);

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/github") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-GitHub-Event", "push");
        request.Headers.ExpectContinue = true;
        request.Headers.TransferEncodingChunked = chunked;
        using var answer = await client.SendAsync(request);

        answer.StatusCode.ShouldBe(expected);
        if (expected == HttpStatusCode.RequestEntityTooLarge)
            (await answer.Content.ReadAsStringAsync()).ShouldContain("larger than 32 MiB (maxBodyMiB of this sender)");
    }
}

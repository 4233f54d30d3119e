using System.Net;
using System.Text;
using OpsBot.Chat.Teams;

namespace OpsBot.Tests.Chat.Teams;

/// <summary>Without tokens only a program on this machine is heard.</summary>
public sealed class InsecureTests
{
    private static Task<TeamsApp> StartAsync() => TeamsApp.StartAsync(options =>
    {
        (options.Insecure, options.ServiceUrl, options.ServiceUrls) = (true, "http://127.0.0.1:56150/_connector", ["http://127.0.0.1:56150/_connector"]);
    });

    [Fact]
    public async Task A_program_on_this_machine_is_heard_without_a_token()
    {
        await using var app = await StartAsync();
        (await SendAsync(app)).StatusCode.ShouldBe(HttpStatusCode.OK);
        app.Received.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("Origin", "http://127.0.0.1:56150")]
    [InlineData("X-Forwarded-For", "10.0.0.7")]
    [InlineData("Forwarded", "for=10.0.0.7")]
    [InlineData("Host", "opsbot.example.org")]
    [InlineData("Host", "127.0.0.1.example.org")]
    public async Task What_comes_through_a_page_or_a_proxy_is_refused(string header, string value)
    {
        await using var app = await StartAsync();
        (await SendAsync(app, request => request.Headers.TryAddWithoutValidation(header, value))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        app.Intake.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_machine_is_refused()
    {
        await using var app = await StartAsync();
        app.Remote = IPAddress.Parse("10.0.0.7");
        (await SendAsync(app)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        app.Intake.Deliveries.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://smba.trafficmanager.net/teams/")]
    [InlineData("http://127.0.0.1.example.org/_connector")]
    [InlineData("http://10.0.0.7/_connector")]
    public void A_service_elsewhere_stops_the_start(string address)
    {
        var options = new TeamsOptions { AppId = "x", Tenants = ["t"], Insecure = true, ServiceUrl = "http://127.0.0.1:56150/_connector", ServiceUrls = [address] };
        new TeamsOptionsValidator().Validate(null, options).Failures.ShouldHaveSingleItem().ShouldContain("is not on this machine");
    }

    private static Task<HttpResponseMessage> SendAsync(TeamsApp app, Action<HttpRequestMessage>? change = null) => app.SendAsync(
        Encoding.UTF8.GetBytes(SomeActivity.Mention().With("serviceUrl", "http://127.0.0.1:56150/_connector").ToJsonString()), token: null, request =>
        {
            request.Headers.Host = "127.0.0.1:8080";
            if (change is null) return;
            request.Headers.Remove("Host");
            change(request);
            request.Headers.Host ??= "127.0.0.1:8080";
        });
}

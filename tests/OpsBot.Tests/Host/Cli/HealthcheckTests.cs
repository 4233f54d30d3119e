using OpsBot.Host.Cli;

namespace OpsBot.Tests.Host.Cli;

public sealed class HealthcheckTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/healthz")]
    [InlineData("http://*:8080", "http://127.0.0.1:8080/healthz")]
    [InlineData("http://+:8080/", "http://127.0.0.1:8080/healthz")]
    [InlineData("http://0.0.0.0:8080; http://10.0.0.7:9090", "http://127.0.0.1:8080/healthz")]
    [InlineData("http://[::]:8080", "http://[::1]:8080/healthz")]
    [InlineData("http://10.0.0.7:9090", "http://10.0.0.7:9090/healthz")]
    public void It_asks_where_this_machine_reaches_the_first_listener(string urls, string asked) =>
        HealthcheckCommand.AddressOf(urls, "healthz").ToString().ShouldBe(asked);

    [Theory]
    [InlineData("")]
    [InlineData("8080")]
    [InlineData("https://127.0.0.1")]
    public void What_is_no_address_is_said(string urls) =>
        Should.Throw<UnusableInputException>(() => HealthcheckCommand.AddressOf(urls, "readyz")).Message.ShouldStartWith("listen.urls: ");
}

using OpsBot.Evidence;
using OpsBot.Evidence.Prometheus;
using OpsBot.Handlers.Incidents;

namespace OpsBot.Tests.Actions.Closing;

public sealed class PrometheusAddressTests
{
    [Theory]
    [InlineData("http://user:secret@prometheus:9090/prefix", "http://prometheus:9090/prefix")]
    [InlineData("https://prometheus.example.com", "https://prometheus.example.com/")]
    public void A_gate_is_told_the_address_and_no_credentials(string url, string told) =>
        PrometheusAddress.Of(new EvidenceOptions { Prometheus = [new PrometheusOptions { Url = url }] })!.ToString().ShouldBe(told);

    [Fact]
    public void Without_a_server_there_is_none() => PrometheusAddress.Of(new EvidenceOptions()).ShouldBeNull();
}

using System.Text.Json.Nodes;
using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;
using OpsBot.Tests.Ingress.Mapped;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Reading;

/// <summary>API descriptions as senders bring them.</summary>
public class ContractListTests
{
    [Fact]
    public void One_and_several_are_read_and_told_apart_by_name()
    {
        var read = CloudEvent("""
            "contract":"https://a.test/1.yaml","contracts":[{"name":"events","format":"json-schema","document":{"a":[1]}},{"name":"events","link":"https://a.test/2"},{"name":"graph","document":"type Query { a: Int }"}]
            """);
        read.ShouldBe([
            new ReportedContract("", null, null, "https://a.test/1.yaml"), new ReportedContract("events", "json-schema", """{"a":[1]}""", null),
            new ReportedContract("graph", null, "type Query { a: Int }", null)]);
    }

    [Fact]
    public void One_that_is_too_large_is_left_out_and_the_change_is_not() =>
        CloudEvent($"\"contract\":{{\"document\":\"{new string('x', Bounds.Contract + 1)}\"}}").ShouldBe([new ReportedContract("", null, null, null)]);

    [Theory]
    [InlineData("""{"service":"cart","contract":{"format":"graphql","link":"https://a.test/1"}}""", 1)]
    [InlineData("""{"contract":7}""", 0)]
    [InlineData("""{"contracts":{"a":"b"}}""", 0)]
    public void The_payload_of_a_deployment_may_have_them_and_anything_else(string payload, int read) =>
        Reader.Change(Some.GitHubDeployment(payload), "deployment").Contracts.Count.ShouldBe(read);

    [Fact]
    public void A_mapping_finds_a_document_or_a_link()
    {
        const string Mapping = """
            {event: "{type}", identity: "{id}", status: "{state}", title: "{name}", change: {events: [release], identity: "{id}", title: "{name}", contract: "{api}", contractFormat: "{apiFormat}"}}
            """;
        IReadOnlyList<ReportedContract> Read(string api) => Reader.Records<DeployReported>(
            MappedSample.Outcome(Mapping, $$"""{"type":"release","id":9,"state":"done","name":"cart 4","apiFormat":"openapi","api":{{api}}}""")).Single().Contracts;
        Read("\"https://a.test/1\"").ShouldBe([new ReportedContract("", "openapi", null, "https://a.test/1")]);
        Read("""{"openapi":"3.1.0","paths":{}}""").ShouldBe([new ReportedContract("", "openapi", """{"openapi":"3.1.0","paths":{}}""", null)]);
        Read("null").ShouldBeEmpty();
    }

    private static IReadOnlyList<ReportedContract> CloudEvent(string members) => Reader.Records<DeployReported>(Reader.Outcome(
        "cloudevents", JsonNode.Parse(Some.CloudEvent("opsbot.deploy.v1", $"{{\"key\":\"k\",\"status\":\"started\",{members}}}").ToJsonString())!)).Single().Contracts;
}

using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Mapped;

/// <summary>What is wrong with a mapping is said before the start, with its file and line.</summary>
public sealed class MappedConfigurationTests
{
    [Fact]
    public void A_shipped_mapping_takes_one_line() =>
        MappedSample.Problems("""
            senders:
              mapped:
                datadog: {bearer: some-long-token}
                pagerduty-events: {query: {name: token, token: some-long-token}}
                azure-production: {mapping: azure-monitor, basic: {user: u, password: some-long-token}}
            """).ShouldBeEmpty();

    [Fact]
    public void Everything_that_is_wrong_with_a_mapping_is_said_with_its_line()
    {
        var problems = MappedSample.Problems("""
            senders:
              mappings:
                my-tool:
                  list: "alerts[0].x"
                  identity: "{id"
                  status: "{state}"
                  statusOtherwise: burning
                  titel: "{name}"
            """);

        problems.ShouldBe([
            "opsbot.yaml:7: senders.mappings.my-tool.statusOtherwise: 'burning' is not one of firing, acknowledged, resolved, ignored",
            "opsbot.yaml:8: unknown key 'senders.mappings.my-tool.titel'; did you mean 'title'?",
        ]);

        MappedSample.Problems("""
            senders:
              mappings:
                my-tool:
                  list: "alerts[0].x"
                  identity: "{id"
                  status: "{state}"
                  labels:
                    - tags
                    - "{tags}"
                  facts:
                    good: "{a}"
                    bad: "{a.}"
                  change: {events: [deploy]}
            """).ShouldBe([
            "opsbot.yaml:4: senders.mappings.my-tool.list: 'alerts[0].x' is to lead to one list by names alone; [ ] has no place here",
            "opsbot.yaml:5: senders.mappings.my-tool.identity: '{id' cannot be read at character 4: expected . or [ or } here",
            "opsbot.yaml:9: senders.mappings.my-tool.labels[1]: '{tags}' cannot be read at character 1: a name is missing",
            "opsbot.yaml:12: senders.mappings.my-tool.facts.bad: '{a.}' cannot be read at character 4: a name is missing",
            "opsbot.yaml:13: senders.mappings.my-tool.change.title: missing; people see it first",
            "opsbot.yaml:4: senders.mappings.my-tool.title: missing; people see it first",
        ], ignoreOrder: true);
    }

    [Theory]
    [InlineData("my-tool: {mapping: datadgo, bearer: some-long-token}", "mapping: there is no mapping 'datadgo'; there are argocd, argorollouts, azure-monitor")]
    [InlineData("my-tool: {bearer: some-long-token}", "there is no mapping 'my-tool'")]
    [InlineData("datadog:", "bearer is not configured, so anybody who reaches this port could open incidents")]
    [InlineData("datadog: {bearer: ''}", "bearer is blank")]
    [InlineData("datadog: {header: {name: X-Token}}", "header needs a name of letters, digits, - and _, and a token")]
    [InlineData("datadog: {query: {token: some-long-token}}", "query needs a name")]
    [InlineData("datadog: {signature: {header: X-Sign}}", "signature.secrets: needs a secret")]
    [InlineData("datadog: {signature: {header: 'X Sign', secrets: [some-long-token]}}", "signature.header is not the name of a header")]
    [InlineData("datadog: {bearer: some-long-token, signature: {header: X-Sign, secrets: [some-long-token]}}", "would let in whoever cannot sign")]
    [InlineData("datadog: {bearer: some-long-token, maxBodyMiB: 0}", "maxBodyMiB: must be between 1 and 100")]
    [InlineData("datadog: {bearer: some-long-token, service: '{label'}", "service: '{label' cannot be read")]
    [InlineData("grafana: {mapping: datadog, bearer: some-long-token}", "'grafana' is a sender of its own")]
    [InlineData("Data_Dog: {mapping: datadog, bearer: some-long-token}", "'Data_Dog' is no name of a sender")]
    [InlineData("../x: {mapping: datadog, bearer: some-long-token}", "is no name of a sender")]
    public void A_sender_that_does_not_hold_is_refused(string sender, string problem)
    {
        var said = MappedSample.Problems($"senders:\n  mapped:\n    {sender}\n").ShouldHaveSingleItem();

        said.ShouldStartWith("opsbot.yaml:3: senders.mapped");
        said.ShouldContain(problem);
        said.ShouldNotContain("some-long-token");
    }

    [Fact]
    public void Mappings_of_other_files_are_included_and_what_is_wrong_is_said_there()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "senders"));
        File.WriteAllText(Path.Combine(folder.Path, "senders", "a.yaml"), "mappings:\n  tool-a: {identity: \"{id}\", status: \"{s}\", title: \"{t}\"}\n");
        File.WriteAllText(Path.Combine(folder.Path, "senders", "b.yaml"), "mappings:\n  tool-b:\n    identity: \"{id\"\n    status: \"{s}\"\n    title: \"{t}\"\n");
        const string Including = "senders:\n  mapped:\n    tool-a: {bearer: some-long-token}\n";

        MappedSample.Problems(Including + "  include: [senders/a.yaml]\n", folder.Path).ShouldBeEmpty();
        MappedSample.Problems(Including + "  include: [senders/*.yaml]\n", folder.Path).ShouldHaveSingleItem()
            .ShouldStartWith(Path.Combine(folder.Path, "senders", "b.yaml") + ":3: senders.mappings.tool-b.identity: ");
        MappedSample.Problems(Including + "  include: [senders/c*.yaml]\n", folder.Path)
            .ShouldContain(problem => problem.Contains("opsbot.yaml:4: senders.include: no file is called", StringComparison.Ordinal));
        MappedSample.Problems("senders:\n  include: [senders/a.yaml]\n  mappings: {tool-a: {}}\n", folder.Path)[^1]
            .ShouldContain("the mapping 'tool-a' stands twice, first in");
        File.WriteAllText(Path.Combine(folder.Path, "senders", "a.yaml"), "mapping: {}\n");
        MappedSample.Problems("senders:\n  include: [senders/a.yaml]\n", folder.Path).ShouldHaveSingleItem().ShouldContain("did you mean 'mappings'?");
    }

    [Fact]
    public void A_mapping_of_ones_own_replaces_one_that_ships()
    {
        var options = MappedSample.Bind("senders:\n  mappings:\n    datadog: {identity: \"{mine}\", statusMissing: firing, title: mine}\n");

        Reader.Records<OpsBot.Contracts.Events.AlertReported>(
            Reader.Read("datadog", """{"mine":"1"}""", null, MappedSample.Configure(options)).Single().Outcome).Single().Title.ShouldBe("mine");
    }
}

using System.Text;
using System.Text.RegularExpressions;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Tests.Architecture;

namespace OpsBot.Tests.Ingress.Mapped;

/// <summary>The example in docs/senders.md is one that works, and its list of keys is whole.</summary>
public sealed partial class DocumentedMappingTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "senders.md"));

    [Fact]
    public void The_example_does_what_the_document_says()
    {
        var yaml = Blocks("yaml").Last();
        MappedSample.Problems(yaml).ShouldBeEmpty();

        var read = Reader.Read("probe", Encoding.UTF8.GetBytes(Blocks("json").Single()), null, MappedSample.Configure(MappedSample.Bind(yaml))).ShouldHaveSingleItem();
        var alerts = Reader.Records<AlertReported>(read.Outcome);

        read.DeliveryKey.ShouldBe("n-4711");
        alerts.Select(alert => (alert.IncidentKey, alert.Status, alert.Title, alert.Service, alert.Severity)).ShouldBe([
            ("eu-1/17", AlertStatus.Firing, "disk on web-1", "cart", "critical"),
            ("eu-1/18", AlertStatus.Resolved, "ntp on web-2", "web", "OK"),
        ]);
        (alerts[0].Environment, OpsBotJson.Format(alerts[0].StartedAt!.Value), alerts[0].Links.Single())
            .ShouldBe(("production", "2026-03-01T10:00:00Z", "https://probe.example.com/checks/17"));
    }

    [Fact]
    public void Every_key_of_a_mapping_stands_in_the_document()
    {
        var properties = typeof(OpsBot.Ingress.Mapped.MappingOptions).GetProperties().Concat(typeof(OpsBot.Ingress.Mapped.ChangeMappingOptions).GetProperties());

        properties.Select(property => char.ToLowerInvariant(property.Name[0]) + property.Name[1..])
            .Where(key => !Regex.IsMatch(Document, $"[`{{ ]{key}[`,:}}]", RegexOptions.None, TimeSpan.FromSeconds(1))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_mapping_that_ships_stands_in_the_document() =>
        OpsBot.Host.Configuration.ShippedMappings.Library.Mappings.Keys.Where(name => !Document.Contains($"| [{name}](../deploy/senders/{name}.yaml)", StringComparison.Ordinal)).ShouldBeEmpty();

    private static IEnumerable<string> Blocks(string language) =>
        Fence().Matches(Document).Where(block => block.Groups["language"].Value == language).Select(block => block.Groups["text"].Value);

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline, 1_000)]
    private static partial Regex Fence();
}

using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Events;
using OpsBot.Host.Configuration;
using OpsBot.Ingress;

namespace OpsBot.Tests.Ingress.Mapped;

/// <summary>Mappings as a person writes them, and what they make of a body.</summary>
internal static class MappedSample
{
    public const string Minimal = """{identity: "{id}", status: "{state}", title: "{name}"}""";

    /// <summary>A sender <c>my-tool</c> with that mapping.</summary>
    public static SendersOptions Options(string mapping, string sender = "insecure: true") =>
        Bind($"senders:\n  mapped: {{my-tool: {{{sender}}}}}\n  mappings:\n    my-tool: {mapping}\n");

    public static SendersOptions Bind(string yaml)
    {
        var loaded = OpsBotConfiguration.Parse(yaml);
        using var services = new ServiceCollection().AddSections(loaded).AddIngress().BuildServiceProvider();
        return services.GetRequiredService<IOptions<SendersOptions>>().Value;
    }

    /// <summary>What <c>opsbot config check</c> says.</summary>
    public static string[] Problems(string yaml, string? folder = null)
    {
        var loaded = OpsBotConfiguration.Parse(yaml, folder is null ? "opsbot.yaml" : Path.Combine(folder, "opsbot.yaml"));
        var services = new ServiceCollection().AddLogging().AddSections(loaded).AddIngress();
        using var provider = services.BuildServiceProvider();
        return [.. ConfigurationCheck.Run(loaded, services.Sections(), provider).Select(problem => problem.ToString())];
    }

    public static IReadOnlyList<ReadDelivery> Read(string mapping, string body, params (string Name, string Value)[] headers) =>
        Ingress.Reader.Read("my-tool", Encoding.UTF8.GetBytes(body), headers.ToDictionary(header => header.Name, header => header.Value), Configure(Options(mapping)));

    public static Normalised Outcome(string mapping, string body) => Read(mapping, body).ShouldHaveSingleItem().Outcome;

    public static AlertReported Alert(string mapping, string body) => Ingress.Reader.Records<AlertReported>(Outcome(mapping, body)).ShouldHaveSingleItem();

    public static AlertReported Shipped(string source, string body) =>
        Ingress.Reader.Records<AlertReported>(Ingress.Reader.Read(source, body).ShouldHaveSingleItem().Outcome).ShouldHaveSingleItem();

    public static Action<SendersOptions> Configure(SendersOptions from) =>
        options => (options.Mapped, options.Mappings) = (from.Mapped, from.Mappings);
}

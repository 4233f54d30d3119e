using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.Tests.Actions.Catalog;
using OpsBot.Tests.Architecture;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Configuration;

/// <summary>deploy/opsbot.yaml is the reference of the settings, so each line of it is held against the program, those in comments too.</summary>
public sealed partial class SampleConfigurationTests
{
    // set from the command line and the environment, as the sample says
    private static readonly string[] NotInTheFile = ["store.dataFolder"];

    private static readonly string Path = System.IO.Path.Combine(Repository.Root, "deploy", "opsbot.yaml");
    private static readonly string Sample = File.ReadAllText(Path);

    [Fact]
    public void The_sample_starts_as_it_is() => Problems(Sample).ShouldBeEmpty();

    [Fact]
    public void Every_setting_in_a_comment_is_known_and_holds() => Problems(Everything().Replace("path: [", $"path: [{SomeFolder.WithPrograms(SampleActionsTests.Programs)}, ", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void Every_setting_of_the_program_stands_in_the_sample()
    {
        var loaded = OpsBotConfiguration.Parse(Everything(), Path);
        var missing = Sections().SelectMany(section => Keys(section.OptionsType, section.Name)).Where(key => loaded.Root.Find(key) is null);
        missing.Except(NotInTheFile).ShouldBeEmpty();
    }

    [Fact]
    public void Every_default_that_the_sample_states_is_the_default()
    {
        var loaded = OpsBotConfiguration.Parse(Everything(), Path);
        foreach (var section in Sections())
        {
            var written = Activator.CreateInstance(section.OptionsType)!;
            new OptionsBinder([], []).Bind(written, loaded.Root.Find(section.Name), section.Name);
            foreach (var property in OptionShape.Of(section.OptionsType).Properties.Values)
            {
                var initial = JsonSerializer.Serialize(property.GetValue(Activator.CreateInstance(section.OptionsType)));
                if (initial is not ("null" or "[]" or "{}" or "\"\""))
                {
                    JsonSerializer.Serialize(property.GetValue(written)).ShouldBe(initial, $"{section.Name}.{property.Name}");
                }
            }
        }
    }

    /// <summary>The sample with every setting taken out of its comment.</summary>
    private static string Everything() =>
        SecretTag().Replace(
            Commented().Replace(Sample, "${indent}${key}").Replace("rabbitmq: !file", "rabbitmq: amqp://opsbot:a-secret@broker/ #", StringComparison.Ordinal),
            "a-secret-of-enough-length-for-a-key");

    private static IEnumerable<string> Problems(string yaml)
    {
        var loaded = OpsBotConfiguration.Parse(yaml, Path);
        var services = new ServiceCollection().AddLogging().AddOpsBot(loaded, new ServeSettings(System.IO.Path.GetTempPath()));
        using var provider = services.BuildServiceProvider();
        return [.. ConfigurationCheck.Run(loaded, services.Sections(), provider).Select(problem => problem.ToString())];
    }

    private static IReadOnlyList<ConfigSection> Sections() => new ServiceCollection().AddSections(OpsBotConfiguration.Parse("")).Sections();

    private static IEnumerable<string> Keys(Type type, string path) => OptionShape.Of(type).Properties.Values.SelectMany(property =>
    {
        var key = ConfigNames.Join(path, ConfigNames.Key(property.Name));
        return OptionShape.Of(property.PropertyType).Kind == ShapeKind.Object ? Keys(property.PropertyType, key) : [key];
    });

    [GeneratedRegex("^(?<indent> *)#(?<key>[a-zA-Z]+:)", RegexOptions.Multiline)]
    private static partial Regex Commented();

    [GeneratedRegex(@"!file [^\]}\s]+")]
    private static partial Regex SecretTag();
}

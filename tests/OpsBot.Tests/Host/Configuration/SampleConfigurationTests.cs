using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.Ingress;
using OpsBot.Ingress.Alertmanager;
using OpsBot.Tests.Actions.Catalog;
using OpsBot.Tests.Architecture;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Configuration;

/// <summary>deploy/opsbot.yaml is the reference of the settings, so each line of it is held against the program, those in comments too.</summary>
public sealed partial class SampleConfigurationTests
{
    // set from the command line and the environment, as the sample says
    private static readonly string[] NotInTheFile = ["store.dataFolder"];

    // a mapping is a chapter of its own: docs/senders.md
    private static readonly string[] InTheDocumentation = ["senders.mappings"];

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

    [Fact]
    public void Every_setting_of_an_entry_of_a_list_or_map_stands_in_the_sample_and_a_number_is_its_default()
    {
        var loaded = OpsBotConfiguration.Parse(Everything(), Path);
        var wrong = new List<string>();
        foreach (var section in Sections())
        {
            Hold(section.OptionsType, section.Name, [loaded.Root.Find(section.Name)!], isEntry: false, wrong);
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void The_labels_that_the_sample_shows_are_those_that_are_looked_at_without_it()
    {
        var senders = new SendersOptions();
        new OptionsBinder([], []).Bind(senders, OpsBotConfiguration.Parse(Everything(), Path).Root.Find(SendersOptions.Section), SendersOptions.Section);
        foreach (var sender in new LabelledSenderOptions[] { senders.Alertmanager!, senders.Grafana! })
        {
            sender.ServiceLabels.ShouldBe(AlertLabels.Service);
            sender.EnvironmentLabels.ShouldBe(AlertLabels.Environment);
        }
    }

    /// <summary>Looks at what is written for a type, at whatever entry it is.</summary>
    private static void Hold(Type type, string path, IReadOnlyList<ConfigNode> written, bool isEntry, List<string> wrong)
    {
        if (InTheDocumentation.Contains(path))
        {
            return;
        }

        var shape = OptionShape.Of(type);
        if (shape.Kind is ShapeKind.List or ShapeKind.Map && OptionShape.Of(shape.Element!).Kind == ShapeKind.Object)
        {
            Hold(shape.Element!, $"{path}[]", [.. written.SelectMany(node => node is ListNode list ? list.Items : node is MapNode map ? map.Entries.Select(entry => entry.Value) : [])], isEntry: true, wrong);
        }

        if (shape.Kind != ShapeKind.Object)
        {
            return;
        }

        foreach (var property in shape.Properties.Values)
        {
            var key = ConfigNames.Join(path, ConfigNames.Key(property.Name));
            var values = written.OfType<MapNode>().Select(map => map.TryGet(property.Name, out var entry) ? entry.Value : null).OfType<ConfigNode>().ToList();
            if (values.Count == 0 && !NotInTheFile.Contains(key))
            {
                wrong.Add($"{key} is missing");
            }

            if (isEntry && (property.PropertyType == typeof(int) || property.PropertyType == typeof(double) || property.PropertyType == typeof(TimeSpan)))
            {
                // what is included are samples of their own
                foreach (var node in written.Where(node => node.Origin.File == Path))
                {
                    var bound = Activator.CreateInstance(type)!;
                    new OptionsBinder([], []).Bind(bound, node, path);
                    var (stated, initial) = (property.GetValue(bound), property.GetValue(Activator.CreateInstance(type)));
                    if (!Equals(stated, initial))
                    {
                        wrong.Add($"{key} is {stated}, and {initial} by default");
                    }
                }
            }

            Hold(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, key, values, isEntry, wrong);
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

using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;

namespace OpsBot.Tests.Ingress;

/// <summary>The schemas in docs/events say what the reader reads, and the samples beside them are read.</summary>
public sealed class EventSchemaTests
{
    public static TheoryData<string> Names { get; } = ["alert", "deploy", "training"];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_sample_keeps_to_its_schema_and_is_read(string name)
    {
        var sample = Sample(name);
        using var data = JsonDocument.Parse(sample["data"]!.ToJsonString());

        SchemaCheck.Errors(Schema(name), data.RootElement).ShouldBeEmpty();
        sample["type"]!.GetValue<string>().ShouldBe($"opsbot.{name}.v1");
        Reader.Outcome("cloudevents", sample).ShouldBeOfType<Normalised.Events>();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_schema_refuses_is_not_taken(string name)
    {
        var schema = Schema(name);
        foreach (var property in schema.GetProperty("properties").EnumerateObject())
        {
            var sample = Sample(name);
            // an object is of no type that any of these members has, but for maps, which an array is not, and for those that need a member of their own
            var wrong = property.Value.TryGetProperty("$ref", out var reference) && reference.GetString()!.EndsWith("words", StringComparison.Ordinal)
                || property.Name == "metrics" ? "[]" : "{\"x\":1}";
            sample["data"]![property.Name] = JsonNode.Parse(wrong);
            using var data = JsonDocument.Parse(sample["data"]!.ToJsonString());

            SchemaCheck.Errors(schema, data.RootElement).ShouldNotBeEmpty(property.Name);
            Reader.Unreadable("cloudevents", sample).Field.ShouldBe($"data.{property.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_schema_requires_must_be_there(string name)
    {
        foreach (var required in Schema(name).GetProperty("required").EnumerateArray().Select(member => member.GetString()!))
        {
            var sample = Sample(name);
            sample["data"]!.AsObject().Remove(required);

            Reader.Unreadable("cloudevents", sample).Field.ShouldBe($"data.{required}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_it_is_about_is_named_by_a_key_or_a_subject(string name)
    {
        var sample = Sample(name);
        EventErrors(name, sample).ShouldBeEmpty();
        sample["data"]!.AsObject().Remove("key");
        sample["subject"] = "the-subject";
        EventErrors(name, sample).ShouldBeEmpty();
        Reader.Outcome("cloudevents", sample).ShouldBeOfType<Normalised.Events>();

        sample.Remove("subject");
        EventErrors(name, sample).ShouldNotBeEmpty();
        Reader.Unreadable("cloudevents", sample).Field.ShouldBe("data.key");
    }

    [Fact]
    public void The_words_of_the_schemas_are_those_of_the_records()
    {
        Words("alert", "status").ShouldBe(WordsOf<AlertStatus>());
        Words("deploy", "status").ShouldBe(WordsOf<ChangeStatus>());
        Words("deploy", "change").ShouldBe(WordsOf<ChangeKind>());
        Words("training", "status").ShouldBe(WordsOf<TrainingJobStatus>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_word_of_a_schema_is_read(string name)
    {
        foreach (var word in Words(name, "status"))
        {
            var sample = Sample(name);
            sample["data"]!["status"] = word;

            Reader.Outcome("cloudevents", sample).ShouldBeOfType<Normalised.Events>();
        }
    }

    private static IReadOnlyList<string> EventErrors(string name, JsonObject happened) =>
        SchemaCheck.Errors(Schema(name), "event", JsonElement.Parse(happened.ToJsonString()));

    private static IEnumerable<string> WordsOf<T>() where T : struct, Enum => Enum.GetNames<T>().Select(name => name.ToLowerInvariant());

    private static IEnumerable<string> Words(string name, string property) =>
        Schema(name).GetProperty("properties").GetProperty(property).GetProperty("enum").EnumerateArray().Select(word => word.GetString()!);

    private static JsonElement Schema(string name) => JsonElement.Parse(File.ReadAllText(Path.Combine(Folder(), $"opsbot.{name}.v1.schema.json")));

    private static JsonObject Sample(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), "samples", $"{name}.json")))!.AsObject();

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "events"));
}

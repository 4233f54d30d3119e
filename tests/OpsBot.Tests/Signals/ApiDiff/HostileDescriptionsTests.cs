using System.Diagnostics;
using System.Text;
using OpsBot.Signals.ApiDiff;

namespace OpsBot.Tests.Signals.ApiDiff;

/// <summary>Whatever is sent as a description is read in little time, or refused with a reason.</summary>
public class HostileDescriptionsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    public static TheoryData<string, ApiFormat?, string, string> Refused => new()
    {
        { "nothing", null, "  \n ", "empty" },
        { "no JSON", ApiFormat.OpenApi, "{\"openapi\": ", "not valid JSON" },
        { "a list", ApiFormat.JsonSchema, "[1]", "not an object" },
        { "a schema that is called OpenAPI", ApiFormat.OpenApi, "{\"type\":\"object\"}", "neither 'openapi' nor 'swagger'" },
        { "deep JSON", ApiFormat.JsonSchema, string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000), "not valid JSON" },
        { "deep YAML", ApiFormat.JsonSchema, "a: " + new string('[', 1_000_000), "deeper than" },
        { "YAML that doubles itself", ApiFormat.JsonSchema, Doubling(), "unfolds into more than" },
        { "YAML that contains itself", ApiFormat.JsonSchema, "a: &a { b: *a }", "deeper than" },
        { "YAML without what it refers to", ApiFormat.JsonSchema, "a: *b", "anchor 'b'" },
        { "broken YAML", ApiFormat.OpenApi, "openapi: 3.0.0\npaths: {", "not valid YAML" },
        { "references in a circle", ApiFormat.JsonSchema, """{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}""", "in a circle" },
        { "a reference to nowhere", ApiFormat.JsonSchema, """{"$ref":"#/$defs/a"}""", "leads to nothing" },
        { "a type put together from itself", ApiFormat.JsonSchema, """{"$ref":"#/$defs/a","$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"}]}}}""", "from itself" },
        { "GraphQL that is none", ApiFormat.GraphQl, "type Query { price: ", "not valid GraphQL" },
        { "a GraphQL query", ApiFormat.GraphQl, "{ price }", "defines no type" },
        { "deep GraphQL", ApiFormat.GraphQl, "type Q { a: " + new string('[', 100_000) + "Int" + new string(']', 100_000) + " }", "not valid GraphQL" },
        { "protobuf that is none", ApiFormat.Protobuf, "type Query { price: Int }", "no FileDescriptorSet" },
        { "half a character", ApiFormat.JsonSchema, "{\"\\ud800\": {}, \"title\": \"\\ud800\"}", "" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_description_that_cannot_be_read_is_refused(string what, ApiFormat? format, string text, string reason)
    {
        var begun = Stopwatch.GetTimestamp();
        Should.Throw<UnreadableApiException>(() => ApiReader.Read(Encoding.UTF8.GetBytes(text), format), what).Message.ShouldContain(reason);
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(Soon, what);
    }

    [Fact]
    public void What_is_too_large_or_no_text_is_refused()
    {
        Should.Throw<UnreadableApiException>(() => ApiReader.Read(new byte[ApiReader.MaxBytes + 1])).Message.ShouldContain("4,194,304");
        Should.Throw<UnreadableApiException>(() => ApiReader.Read(new byte[] { (byte)'{', 0xFF, 0xFE, (byte)'}' }, ApiFormat.JsonSchema)).Message.ShouldContain("UTF-8");
        Should.Throw<UnreadableApiException>(() => ApiReader.Read(new byte[] { 0x0A, 0x7F, 1, 2 }, ApiFormat.Protobuf)).Message.ShouldContain("FileDescriptorSet");
    }

    [Fact]
    public void Messages_within_messages_are_read_to_a_bound()
    {
        var message = new Google.Protobuf.Reflection.DescriptorProto { Name = "m" };
        for (var i = 0; i < 150; i++)
        {
            message = new Google.Protobuf.Reflection.DescriptorProto { Name = "m", NestedType = { message } };
        }

        var set = new Google.Protobuf.Reflection.FileDescriptorSet { File = { new Google.Protobuf.Reflection.FileDescriptorProto { MessageType = { message } } } };
        Should.Throw<UnreadableApiException>(() => ApiReader.Read(Google.Protobuf.MessageExtensions.ToByteArray(set), ApiFormat.Protobuf)).Message.ShouldContain("FileDescriptorSet");
    }

    [Fact]
    public void A_chain_of_thousands_of_references_is_read_and_compared()
    {
        var definitions = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"t{i}\":{{\"properties\":{{\"p\":{{\"$ref\":\"#/$defs/t{i + 1}\"}}}}}}"));
        var text = $"{{\"$ref\":\"#/$defs/t0\",\"$defs\":{{{definitions},\"t20000\":{{\"type\":\"string\"}}}}}}";
        Compared.Lines(ApiFormat.JsonSchema, text, text.Replace("\"string\"", "\"integer\"", StringComparison.Ordinal)).ShouldBeEmpty("what is deeper than anybody nests is not compared");
    }

    [Fact]
    public void A_change_of_everything_is_cut_and_counted()
    {
        var before = "type Query { " + string.Join(' ', Enumerable.Range(0, 5_000).Select(i => $"old{i}: Int")) + " }";
        var after = "type Query { " + string.Join(' ', Enumerable.Range(0, 5_000).Select(i => $"new{i}: Int")) + " }";
        var begun = Stopwatch.GetTimestamp();
        var found = Compared.Of(ApiFormat.GraphQl, Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after));
        (found.Changes.Count, found.More).ShouldBe((ApiComparison.MaxChanges, 5_000 - ApiComparison.MaxChanges));
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(Soon);
    }

    [Fact]
    public void A_format_is_recognised_by_its_beginning()
    {
        static ApiFormat Of(string text) => ApiFormats.Of(Encoding.UTF8.GetBytes(text));
        Of("{\"info\":{\"a\":[1]},\"openapi\":\"3.1.0\"}").ShouldBe(ApiFormat.OpenApi);
        Of("# ours\nopenapi: 3.1.0\n").ShouldBe(ApiFormat.OpenApi);
        Of("{\"$schema\":\"x\"}").ShouldBe(ApiFormat.JsonSchema);
        Of("\"\"\"words: of it\"\"\"\ntype Query { a: Int }").ShouldBe(ApiFormat.GraphQl);
        Of("# words\n\nschema { query: Query }").ShouldBe(ApiFormat.GraphQl);
    }

    private static string Doubling()
    {
        var text = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 40; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }

        return text.ToString();
    }
}

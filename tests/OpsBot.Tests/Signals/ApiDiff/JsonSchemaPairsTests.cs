using OpsBot.Signals.ApiDiff;

namespace OpsBot.Tests.Signals.ApiDiff;

public class JsonSchemaPairsTests
{
    [Theory]
    [InlineData("a field goes", """{"properties":{"sku":{"type":"string"},"currency":{"type":"string"}}}""", """{"properties":{"sku":{"type":"string"}}}""", "! field-removed currency")]
    [InlineData("a field becomes required", """{"properties":{"sku":{}}}""", """{"required":["sku"],"properties":{"sku":{}}}""", "! became-required sku")]
    [InlineData("a field becomes optional", """{"required":["sku"],"properties":{"sku":{}}}""", """{"properties":{"sku":{}}}""", "? became-optional sku")]
    [InlineData("a required field comes", """{"properties":{"a":{}}}""", """{"required":["b"],"properties":{"a":{},"b":{}}}""", "! field-required b")]
    [InlineData("a type gets wider", """{"properties":{"n":{"type":"integer"}}}""", """{"properties":{"n":{"type":["integer","string"]}}}""", "? type-widened n")]
    [InlineData("a type gets narrower", """{"properties":{"n":{"type":["integer","string"]}}}""", """{"properties":{"n":{"type":"integer"}}}""", "! type-narrowed n")]
    [InlineData("a value goes and another comes", """{"properties":{"k":{"enum":["a","b"]}}}""", """{"properties":{"k":{"enum":["a","c"]}}}""", "! enum-value-removed k | ? enum-value-added k")]
    [InlineData("a const changes", """{"properties":{"v":{"const":1}}}""", """{"properties":{"v":{"const":2}}}""", "! enum-value-removed v | ? enum-value-added v")]
    [InlineData("other fields are refused", """{"properties":{"a":{}}}""", """{"additionalProperties":false,"properties":{"a":{}}}""", "? closed the document")]
    [InlineData("an alternative goes", """{"oneOf":[{"$ref":"#/$defs/A"},{"$ref":"#/$defs/B"}],"$defs":{"A":{"type":"string"},"B":{"type":"integer"}}}""", """{"oneOf":[{"$ref":"#/$defs/A"},{"$ref":"#/$defs/C"}],"$defs":{"A":{"type":"string"},"C":{"type":"boolean"}}}""", "! alternative-removed B | ? alternative-added C")]
    [InlineData("null beside one alternative is written otherwise", """{"properties":{"n":{"anyOf":[{"type":"string"},{"type":"null"}]}}}""", """{"properties":{"n":{"type":["string","null"]}}}""", "")]
    [InlineData("an optional field comes", """{"properties":{"a":{}}}""", """{"properties":{"a":{},"b":{}}}""", "")]
    [InlineData("a list moves to a definition", """{"properties":{"l":{"type":"array","items":{"type":"string"}}}}""", """{"properties":{"l":{"$ref":"#/definitions/l"}},"definitions":{"l":{"type":"array","items":{"type":"string"}}}}""", "")]
    public void A_schema(string what, string before, string after, string expected) =>
        string.Join('\n', Compared.Lines(ApiFormat.JsonSchema, before, after)).ShouldBe(Compared.Listed(expected), what);
}

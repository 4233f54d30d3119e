using OpsBot.Signals.ApiDiff;

namespace OpsBot.Tests.Signals.ApiDiff;

/// <summary>Pairs of OpenAPI descriptions in YAML: <c>!</c> breaks, <c>?</c> may break.</summary>
public class OpenApiPairsTests
{
    [Theory]
    [InlineData("a field that is answered goes", "{ amount: { type: integer }, currency: { type: string } }", "{ amount: { type: integer } }", "! field-removed GET /prices → 200 → currency")]
    [InlineData("a field that is answered comes", "{ amount: { type: integer } }", "{ amount: { type: integer }, currency: { type: string } }", "")]
    [InlineData("a type changes", "{ amount: { type: integer } }", "{ amount: { type: string } }", "! type-changed GET /prices → 200 → amount")]
    [InlineData("an answer gets a wider type", "{ amount: { type: integer } }", "{ amount: { type: number } }", "! type-widened GET /prices → 200 → amount")]
    [InlineData("an answer gets a narrower type", "{ amount: { type: number } }", "{ amount: { type: integer } }", "")]
    [InlineData("an answer may be null", "{ amount: { type: integer } }", "{ amount: { type: [integer, 'null'] } }", "! nullable GET /prices → 200 → amount")]
    [InlineData("an answer is null no more", "{ amount: { type: integer, nullable: true } }", "{ amount: { type: integer } }", "")]
    [InlineData("an answer has one value more", "{ kind: { type: string, enum: [list] } }", "{ kind: { type: string, enum: [list, sale] } }", "? enum-value-added GET /prices → 200 → kind")]
    [InlineData("an answer has one value less", "{ kind: { type: string, enum: [list, sale] } }", "{ kind: { type: string, enum: [list] } }", "")]
    [InlineData("a field in a list goes", "{ rows: { type: array, items: { properties: { sku: { type: string } } } } }", "{ rows: { type: array, items: { properties: {} } } }", "! field-removed GET /prices → 200 → rows[] → sku")]
    [InlineData("one value becomes a list", "{ sku: { type: string } }", "{ sku: { type: array, items: { type: string } } }", "! type-changed GET /prices → 200 → sku")]
    [InlineData("a number gets longer", "{ n: { type: integer, format: int32 } }", "{ n: { type: integer, format: int64 } }", "? format-changed GET /prices → 200 → n")]
    [InlineData("only words change", "{ n: { type: integer, description: old } }", "{ n: { type: integer, description: new } }", "")]
    [InlineData("what is only written is not answered", "{ secret: { type: string, writeOnly: true } }", "{}", "")]
    public void An_answer(string what, string before, string after, string expected) =>
        string.Join('\n', Compared.Lines(ApiFormat.OpenApi, Answering(before), Answering(after))).ShouldBe(Compared.Listed(expected), what);

    [Theory]
    [InlineData("a required field comes", "{ sku: { type: string } }", "{ sku: { type: string }, currency: { type: string } }", "[currency]", "! field-required POST /prices → request → currency")]
    [InlineData("an optional field comes", "{ sku: { type: string } }", "{ sku: { type: string }, currency: { type: string } }", "[]", "")]
    [InlineData("a field becomes required", "{ sku: { type: string } }", "{ sku: { type: string } }", "[sku]", "! became-required POST /prices → request → sku")]
    [InlineData("a required field has a default", "{ sku: { type: string } }", "{ sku: { type: string, default: a } }", "[sku]", "")]
    [InlineData("a field goes", "{ sku: { type: string } }", "{}", "[]", "? field-removed POST /prices → request → sku")]
    [InlineData("a value is taken no more", "{ kind: { enum: [list, sale] } }", "{ kind: { enum: [list] } }", "[]", "! enum-value-removed POST /prices → request → kind")]
    [InlineData("a value more is taken", "{ kind: { enum: [list] } }", "{ kind: { enum: [list, sale] } }", "[]", "")]
    [InlineData("only some values are taken", "{ kind: { type: string } }", "{ kind: { type: string, enum: [list] } }", "[]", "! enum-introduced POST /prices → request → kind")]
    [InlineData("a narrower type", "{ n: { type: number } }", "{ n: { type: integer } }", "[]", "! type-narrowed POST /prices → request → n")]
    [InlineData("a wider type", "{ n: { type: integer } }", "{ n: { type: number } }", "[]", "")]
    [InlineData("null is taken no more", "{ n: { type: integer, nullable: true } }", "{ n: { type: integer } }", "[]", "! not-nullable POST /prices → request → n")]
    [InlineData("shorter texts", "{ sku: { type: string, maxLength: 40 } }", "{ sku: { type: string, maxLength: 20 } }", "[]", "! bound-tightened POST /prices → request → sku")]
    [InlineData("longer texts", "{ sku: { type: string, maxLength: 20 } }", "{ sku: { type: string, maxLength: 40 } }", "[]", "")]
    [InlineData("a pattern", "{ sku: { type: string } }", "{ sku: { type: string, pattern: '^a' } }", "[]", "? pattern-changed POST /prices → request → sku")]
    public void A_request(string what, string before, string after, string required, string expected) =>
        string.Join('\n', Compared.Lines(ApiFormat.OpenApi, Asking(before, "[]"), Asking(after, required))).ShouldBe(Compared.Listed(expected), what);

    [Theory]
    [InlineData("an operation goes", "{ get: { responses: {} }, post: { responses: {} } }", "{ get: { responses: {} } }", "! operation-removed POST /prices")]
    [InlineData("an operation comes", "{ get: { responses: {} } }", "{ get: { responses: {} }, post: { responses: {} } }", "")]
    [InlineData("an answer goes", "{ get: { responses: { 200: {}, 404: {} } } }", "{ get: { responses: { 204: {} } } }", "! response-removed GET /prices → 200 | ? response-removed GET /prices → 404")]
    [InlineData("a parameter is required", "{ get: { responses: {} } }", "{ get: { parameters: [{ name: market, in: query, required: true, schema: { type: string } }], responses: {} } }", "! parameter-required GET /prices → query market")]
    [InlineData("a parameter becomes required", "{ get: { parameters: [{ name: market, in: query }], responses: {} } }", "{ get: { parameters: [{ name: market, in: query, required: true }], responses: {} } }", "! became-required GET /prices → query market")]
    [InlineData("a parameter goes", "{ get: { parameters: [{ name: market, in: query }], responses: {} } }", "{ get: { responses: {} } }", "? parameter-removed GET /prices → query market")]
    [InlineData("a header is written otherwise", "{ get: { parameters: [{ name: X-Market, in: header }], responses: {} } }", "{ get: { parameters: [{ name: x-market, in: header }], responses: {} } }", "")]
    [InlineData("a body becomes required", "{ post: { requestBody: { content: {} }, responses: {} } }", "{ post: { requestBody: { required: true, content: {} }, responses: {} } }", "! became-required POST /prices → request")]
    [InlineData("a media type goes", "{ get: { responses: { 200: { content: { application/json: {}, text/csv: {} } } } } }", "{ get: { responses: { 200: { content: { application/json: {} } } } } }", "! media-type-removed GET /prices → 200 → text/csv")]
    public void An_operation(string what, string before, string after, string expected) =>
        string.Join('\n', Compared.Lines(ApiFormat.OpenApi, Paths($"/prices: {before}"), Paths($"/prices: {after}"))).ShouldBe(Compared.Listed(expected), what);

    [Fact]
    public void A_part_of_the_path_may_be_called_otherwise() =>
        Compared.Lines(ApiFormat.OpenApi, Paths("'/prices/{id}': { get: { responses: {} } }"), Paths("'/prices/{sku}': { get: { responses: {} } }")).ShouldBeEmpty();

    [Fact]
    public void A_new_name_is_told_as_one_that_went_with_a_hint()
    {
        var change = Compared.Of(
            ApiFormat.OpenApi, System.Text.Encoding.UTF8.GetBytes(Answering("{ currency: { type: string } }")),
            System.Text.Encoding.UTF8.GetBytes(Answering("{ currencyCode: { type: string } }"))).Changes.ShouldHaveSingleItem();
        (change.Kind, change.Hint, change.Did("it")).ShouldBe(("field-removed", "perhaps renamed to currencyCode", "removed it"));
        change.Words.ShouldBe(["currency"]);
    }

    [Fact]
    public void Swagger_2_says_the_same_as_openapi_3()
    {
        const string Old = """
            {"swagger":"2.0","paths":{"/prices":{"post":{"parameters":[{"name":"b","in":"body","required":true,"schema":{"$ref":"#/definitions/Ask"}}],
            "responses":{"200":{"description":"","schema":{"$ref":"#/definitions/Price"}}}}}},
            "definitions":{"Ask":{"type":"object","properties":{"sku":{"type":"string"}}},"Price":{"type":"object","properties":{"currency":{"type":"string"}}}}}
            """;
        var after = Old.Replace("\"currency\":{\"type\":\"string\"}", "", StringComparison.Ordinal).Replace("\"sku\":{\"type\":\"string\"}", "\"sku\":{\"type\":\"integer\"}", StringComparison.Ordinal);
        Compared.Lines(ApiFormat.OpenApi, Old, after).ShouldBe(["! type-changed POST /prices → request → sku", "! field-removed POST /prices → 200 → currency"]);
    }

    [Fact]
    public void Types_that_contain_themselves_and_types_put_together_are_compared()
    {
        const string Old = """
            openapi: 3.0.3
            paths: { /tree: { get: { responses: { '200': { content: { application/json: { schema: { $ref: '#/components/schemas/Node' } } } } } } } }
            components:
              schemas:
                Base: { type: object, properties: { mark: { type: string } } }
                Node:
                  allOf: [{ $ref: '#/components/schemas/Base' }, { properties: { children: { type: array, items: { $ref: '#/components/schemas/Node' } }, parent: { nullable: true, allOf: [{ $ref: '#/components/schemas/Node' }] } } }]
            """;
        Compared.Lines(ApiFormat.OpenApi, Old, Old).ShouldBeEmpty();
        Compared.Lines(ApiFormat.OpenApi, Old, Old.Replace("{ mark: { type: string } }", "{}", StringComparison.Ordinal)).ShouldContain("! field-removed GET /tree → 200 → mark");
    }

    private static string Paths(string paths) => $"openapi: 3.1.0\npaths: {{ {paths} }}";

    private static string Answering(string properties) =>
        Paths($"/prices: {{ get: {{ responses: {{ 200: {{ content: {{ application/json: {{ schema: {{ type: object, properties: {properties} }} }} }} }} }} }} }}");

    private static string Asking(string properties, string required) =>
        Paths($"/prices: {{ post: {{ requestBody: {{ content: {{ application/json: {{ schema: {{ type: object, required: {required}, properties: {properties} }} }} }} }}, responses: {{}} }} }}");
}

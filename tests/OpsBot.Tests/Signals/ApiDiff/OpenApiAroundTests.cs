using OpsBot.Signals.ApiDiff;

namespace OpsBot.Tests.Signals.ApiDiff;

/// <summary>What is beside bodies in OpenAPI: headers of answers, who is let in, and calls that the service makes. <c>!</c> breaks, <c>?</c> may break.</summary>
public class OpenApiAroundTests
{
    [Theory]
    [InlineData("one goes", "{ X-Total: { schema: { type: integer } } }", "{}", "? header-removed GET /prices → 200 → header x-total")]
    [InlineData("one that was always there goes", "{ X-Total: { required: true, schema: { type: integer } } }", "{}", "! header-removed GET /prices → 200 → header x-total")]
    [InlineData("one comes", "{}", "{ X-Total: { required: true, schema: { type: integer } } }", "")]
    [InlineData("one is written otherwise", "{ X-Total: { schema: { type: integer } } }", "{ x-total: { schema: { type: integer } } }", "")]
    [InlineData("one is of another type", "{ X-Total: { schema: { type: integer } } }", "{ X-Total: { schema: { type: string } } }", "! type-changed GET /prices → 200 → header x-total")]
    [InlineData("one may be missing", "{ X-Total: { required: true, schema: { type: integer } } }", "{ X-Total: { schema: { type: integer } } }", "? became-optional GET /prices → 200 → header x-total")]
    public void Headers_of_an_answer(string what, string before, string after, string expected) => Same(
        what, expected, $"/prices: {{ get: {{ responses: {{ 200: {{ headers: {before} }} }} }} }}", $"/prices: {{ get: {{ responses: {{ 200: {{ headers: {after} }} }} }} }}");

    [Theory]
    [InlineData("a key is asked for where none was", "[]", "[{ key: [] }]", "! access-narrowed GET /prices → security")]
    [InlineData("a key is asked for, or nothing", "[]", "[{ key: [] }, {}]", "")]
    [InlineData("a key is asked for where nothing was said", "", "[{ key: [] }]", "? access-stated GET /prices → security")]
    [InlineData("nobody is asked any more", "[{ key: [] }]", "[]", "")]
    [InlineData("nothing is said any more", "[{ key: [] }]", "", "")]
    [InlineData("another scheme instead", "[{ key: [] }]", "[{ sign: [read] }]", "! access-narrowed GET /prices → security")]
    [InlineData("another scheme as well as", "[{ key: [] }]", "[{ key: [], sign: [read] }]", "! access-narrowed GET /prices → security")]
    [InlineData("another scheme beside", "[{ key: [] }]", "[{ sign: [read] }, { key: [] }]", "")]
    [InlineData("one of two ways goes", "[{ key: [] }, { sign: [read] }]", "[{ sign: [read] }]", "! access-narrowed GET /prices → security")]
    [InlineData("one of two that were wanted together goes", "[{ key: [], sign: [read] }]", "[{ sign: [read] }]", "")]
    [InlineData("a scope more", "[{ sign: [read] }]", "[{ sign: [read, list] }]", "? scope-required GET /prices → security")]
    [InlineData("a scope less", "[{ sign: [read, list] }]", "[{ sign: [read] }]", "")]
    [InlineData("the scheme has another name and asks for the same", "[{ key: [] }]", "[{ sameKey: [] }]", "")]
    public void Who_is_let_in(string what, string before, string after, string expected) => Same(what, expected, Guarded(before), Guarded(after));

    [Fact]
    public void What_the_description_says_for_all_is_replaced_by_what_an_operation_says()
    {
        const string Before = "security: [{ key: [] }]\n";
        Lines(Before + Described(Guarded("")), Before + Described(Guarded("[]"))).ShouldBeEmpty();
        Lines(Before + Described(Guarded("[]")), Before + Described(Guarded(""))).ShouldBe(["! access-narrowed GET /prices → security"]);
    }

    [Theory]
    [InlineData("one goes", "{ priced: { '{$request.body#/url}': { post: { responses: {} } } } }", "{}", "! operation-removed POST /prices → callback priced: POST")]
    [InlineData("one comes", "{}", "{ priced: { '{$request.body#/url}': { post: { responses: {} } } } }", "")]
    public void Callbacks(string what, string before, string after, string expected) => Same(what, expected, Calling(before), Calling(after));

    [Theory]
    [InlineData("a field that was sent goes", "{ sku: { type: string }, market: { type: string } }", "{ sku: { type: string } }", "! field-removed POST /prices → callback priced: POST → request → market")]
    [InlineData("a field that is sent comes", "{ sku: { type: string } }", "{ sku: { type: string }, market: { type: string } }", "")]
    [InlineData("a value more is sent", "{ kind: { type: string, enum: [a] } }", "{ kind: { type: string, enum: [a, b] } }", "? enum-value-added POST /prices → callback priced: POST → request → kind")]
    [InlineData("a value less is sent", "{ kind: { type: string, enum: [a, b] } }", "{ kind: { type: string, enum: [a] } }", "")]
    public void What_a_callback_sends_is_written_by_the_service(string what, string before, string after, string expected) =>
        Same(what, expected, Calling(Priced(before, "{}")), Calling(Priced(after, "{}")));

    [Theory]
    [InlineData("a field more is wanted", "{ type: object, properties: { ok: { type: boolean } } }", "{ type: object, required: [ok], properties: { ok: { type: boolean } } }", "! became-required POST /prices → callback priced: POST → 200 → ok")]
    [InlineData("a field less is wanted", "{ type: object, required: [ok], properties: { ok: { type: boolean } } }", "{ type: object, properties: { ok: { type: boolean } } }", "")]
    public void What_is_answered_to_a_callback_is_written_by_the_caller(string what, string before, string after, string expected) =>
        Same(what, expected, Calling(Priced("{}", Answer(before))), Calling(Priced("{}", Answer(after))));

    [Fact]
    public void Webhooks_are_calls_of_the_service_too()
    {
        static string Hook(string properties) =>
            $"openapi: 3.1.0\nwebhooks: {{ priced: {{ post: {{ requestBody: {{ content: {{ application/json: {{ schema: {{ type: object, properties: {properties} }} }} }} }} }} }} }}";
        Lines(Hook("{ sku: { type: string } }"), Hook("{}")).ShouldBe(["! field-removed webhook priced: POST → request → sku"]);
        Lines(Hook("{}"), "openapi: 3.1.0\nwebhooks: {}").ShouldBe(["! operation-removed webhook priced: POST"]);
    }

    [Theory]
    [InlineData("callbacks: [1]")]
    [InlineData("callbacks: { a: { b: 3, c: { post: 4 } } }")]
    [InlineData("security: { key: [] }")]
    [InlineData("security: [3, { key: 3 }, { nobody: [x] }]")]
    public void What_is_not_as_it_should_be_harms_nothing(string part)
    {
        var odd = Described($"/prices: {{ get: {{ {part}, responses: {{ 200: {{ headers: [1] }}, 201: {{ headers: {{ a: 3 }} }} }} }} }}");
        Lines(odd, odd).ShouldBeEmpty();
        _ = Lines(odd, Described(Guarded("[{ key: [] }]")));
    }

    [Fact]
    public void Swagger_2_has_headers_and_schemes_of_its_own()
    {
        const string Old = """
            swagger: '2.0'
            securityDefinitions: { key: { type: apiKey, in: header, name: X-Key }, plain: { type: basic } }
            paths: { /prices: { get: { security: [{ plain: [] }], responses: { 200: { description: '', headers: { X-Total: { type: integer } } } } } } }
            """;
        Lines(Old, Old.Replace("[{ plain: [] }]", "[{ key: [] }]", StringComparison.Ordinal).Replace("{ type: integer }", "{ type: string }", StringComparison.Ordinal))
            .ShouldBe(["! type-changed GET /prices → 200 → header x-total", "! access-narrowed GET /prices → security"]);
    }

    private static void Same(string what, string expected, string before, string after) =>
        string.Join('\n', Lines(Described(before), Described(after))).ShouldBe(Compared.Listed(expected), what);

    private static IReadOnlyList<string> Lines(string before, string after) => Compared.Lines(ApiFormat.OpenApi, before, after);

    private static string Guarded(string security) => $"/prices: {{ get: {{ {(security.Length > 0 ? $"security: {security}, " : "")}responses: {{}} }} }}";

    private static string Calling(string callbacks) => $"/prices: {{ post: {{ callbacks: {callbacks}, responses: {{}} }} }}";

    private static string Priced(string properties, string answers) =>
        $"{{ priced: {{ '{{$request.body#/url}}': {{ post: {{ requestBody: {{ content: {{ application/json: {{ schema: {{ type: object, properties: {properties} }} }} }} }}, responses: {answers} }} }} }} }}";

    private static string Answer(string schema) => $"{{ 200: {{ content: {{ application/json: {{ schema: {schema} }} }} }} }}";

    private static string Described(string paths) => $$"""
        openapi: 3.1.0
        components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key }, sameKey: { type: apiKey, in: header, name: x-key }, sign: { type: oauth2, flows: {} } } }
        paths: { {{paths}} }
        """;
}

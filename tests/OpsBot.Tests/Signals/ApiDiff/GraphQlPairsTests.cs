using OpsBot.Signals.ApiDiff;

namespace OpsBot.Tests.Signals.ApiDiff;

public class GraphQlPairsTests
{
    [Theory]
    [InlineData("a field goes", "type Query { price: Int currency: String }", "type Query { price: Int }", "! field-removed Query → currency")]
    [InlineData("a field comes", "type Query { price: Int }", "type Query { price: Int currency: String }", "")]
    [InlineData("an answer may be null", "type Query { price: Int! }", "type Query { price: Int }", "! nullable Query → price")]
    [InlineData("an answer is null no more", "type Query { price: Int }", "type Query { price: Int! }", "")]
    [InlineData("what a list holds may be null", "type Query { prices: [Int!]! }", "type Query { prices: [Int]! }", "! type-changed Query → prices")]
    [InlineData("a type changes", "type Query { price: Int }", "type Query { price: Float }", "! type-changed Query → price")]
    [InlineData("a list for one", "type Query { price: Int }", "type Query { price: [Int] }", "! type-changed Query → price")]
    [InlineData("an argument is required", "type Query { price(sku: ID): Int }", "type Query { price(sku: ID!): Int }", "! became-required Query → price → sku")]
    [InlineData("an argument is required no more", "type Query { price(sku: ID!): Int }", "type Query { price(sku: ID): Int }", "")]
    [InlineData("a required argument comes", "type Query { price: Int }", "type Query { price(sku: ID!): Int }", "! argument-required Query → price → sku")]
    [InlineData("an argument with a default comes", "type Query { price: Int }", "type Query { price(sku: ID! = 1): Int }", "")]
    [InlineData("an argument goes", "type Query { price(sku: ID): Int }", "type Query { price: Int }", "! argument-removed Query → price → sku")]
    [InlineData("an input has one field more that is required", "input Ask { a: Int } type Query { p(ask: Ask): Int }", "input Ask { a: Int b: Int! } type Query { p(ask: Ask): Int }", "! field-required Ask → b")]
    [InlineData("a value that is only answered goes", "enum Kind { LIST SALE } type Query { kind: Kind }", "enum Kind { LIST } type Query { kind: Kind }", "? enum-value-removed Kind → SALE")]
    [InlineData("a value that is asked for goes", "enum Kind { LIST SALE } type Query { price(kind: Kind): Int }", "enum Kind { LIST } type Query { price(kind: Kind): Int }", "! enum-value-removed Kind → SALE")]
    [InlineData("a value comes", "enum Kind { LIST } type Query { kind: Kind }", "enum Kind { LIST SALE } type Query { kind: Kind }", "? enum-value-added Kind → SALE")]
    [InlineData("a type goes", "type Price { a: Int } type Query { a: Int }", "type Query { a: Int }", "! type-removed Price")]
    [InlineData("a type becomes another sort", "type Price { a: Int } type Query { a: Int }", "input Price { a: Int } type Query { a: Int }", "! type-changed Price")]
    [InlineData("a union loses one and gets one", "type A { a: Int } type B { a: Int } type C { a: Int } union U = A | B", "type A { a: Int } type B { a: Int } type C { a: Int } union U = A | C", "! member-removed U → B | ? member-added U → C")]
    [InlineData("an interface goes", "interface I { a: Int } type A implements I { a: Int }", "interface I { a: Int } type A { a: Int }", "! interface-removed A → I")]
    [InlineData("words and order change", "\"old\" type Query { a: Int b: Int }", "\"new\" type Query { b: Int a: Int @deprecated }", "")]
    [InlineData("a field moves to an extension", "type Query { a: Int b: Int }", "type Query { a: Int } extend type Query { b: Int }", "")]
    public void A_schema(string what, string before, string after, string expected) =>
        string.Join('\n', Compared.Lines(ApiFormat.GraphQl, before, after)).ShouldBe(Compared.Listed(expected), what);
}

using Google.Protobuf;
using Google.Protobuf.Reflection;
using OpsBot.Signals.ApiDiff;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using ProtoType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace OpsBot.Tests.Signals.ApiDiff;

public class ProtobufPairsTests
{
    [Fact]
    public void The_same_description_breaks_nothing() => Lines(_ => { }).ShouldBeEmpty();

    [Fact]
    public void A_field_that_is_answered_goes() => Lines(file => Price(file).Field.RemoveAt(1)).ShouldBe(["! field-removed shop.Price → currency_code (2)"]);

    [Fact]
    public void A_field_that_is_asked_with_goes() => Lines(file => file.MessageType[0].Field.RemoveAt(0)).ShouldBe(["? field-removed shop.Ask → sku (1)"]);

    [Fact]
    public void A_field_comes() => Lines(file => Price(file).Field.Add(Field("market", 9, ProtoType.String))).ShouldBeEmpty();

    [Fact]
    public void A_number_is_used_for_something_else() =>
        Lines(file => Price(file).Field[1] = Field("rounding", 2, ProtoType.Int32)).ShouldBe(["! number-reused shop.Price → currency_code (2)", "! type-changed shop.Price → currency_code (2)"]);

    [Fact]
    public void A_field_gets_another_name() =>
        Lines(file => Price(file).Field[1] = Field("iso_code", 2, ProtoType.String)).ShouldBe(["? field-renamed shop.Price → currency_code (2)"]);

    [Fact]
    public void A_field_gets_another_number() =>
        Lines(file => Price(file).Field[1].Number = 8).ShouldBe(["! number-changed shop.Price → currency_code (2)"]);

    [Fact]
    public void A_field_gets_another_type() => Lines(file => Price(file).Field[0].Type = ProtoType.String).ShouldBe(["! type-changed shop.Price → amount (1)"]);

    [Fact]
    public void A_type_that_is_written_the_same_way_may_break() => Lines(file => Price(file).Field[0].Type = ProtoType.Int32).ShouldBe(["? type-changed shop.Price → amount (1)"]);

    [Fact]
    public void One_value_becomes_many() => Lines(file => Price(file).Field[0].Label = Label.Repeated).ShouldBe(["! label-changed shop.Price → amount (1)"]);

    [Fact]
    public void A_field_becomes_required() => Lines(file => Price(file).Field[0].Label = Label.Required).ShouldBe(["! became-required shop.Price → amount (1)"]);

    [Fact]
    public void A_value_goes() => Lines(file => file.EnumType[0].Value.RemoveAt(1)).ShouldBe(["! enum-value-removed shop.Kind → SALE"]);

    [Fact]
    public void A_value_gets_another_number() => Lines(file => file.EnumType[0].Value[1].Number = 7).ShouldBe(["! number-changed shop.Kind → SALE"]);

    [Fact]
    public void A_method_goes() => Lines(file => file.Service[0].Method.Clear()).ShouldBe(["! operation-removed shop.Pricing/GetPrice"]);

    [Fact]
    public void A_method_answers_a_stream() => Lines(file => file.Service[0].Method[0].ServerStreaming = true).ShouldBe(["! streaming-changed shop.Pricing/GetPrice → response"]);

    [Fact]
    public void A_message_goes() => Lines(file => file.MessageType.RemoveAt(2)).ShouldBe(["! type-removed shop.Spare"]);

    [Fact]
    public void The_words_of_a_field_are_those_of_code_and_of_json() =>
        Compared.Of(ApiFormat.Protobuf, Bytes(_ => { }), Bytes(file => Price(file).Field.RemoveAt(1))).Changes.Single().Words.ShouldBe(["currency_code", "currencyCode"]);

    [Fact]
    public void It_is_recognised() => ApiFormats.Of(Bytes(_ => { })).ShouldBe(ApiFormat.Protobuf);

    private static IReadOnlyList<string> Lines(Action<FileDescriptorProto> change) =>
        [.. Compared.Of(ApiFormat.Protobuf, Bytes(_ => { }), Bytes(change)).Changes.Select(Compared.Line)];

    private static DescriptorProto Price(FileDescriptorProto file) => file.MessageType[1];

    private static byte[] Bytes(Action<FileDescriptorProto> change)
    {
        var file = new FileDescriptorProto { Name = "shop.proto", Package = "shop", Syntax = "proto3" };
        file.MessageType.Add(new DescriptorProto { Name = "Ask", Field = { Field("sku", 1, ProtoType.String), Field("kind", 2, ProtoType.Enum, ".shop.Kind") } });
        file.MessageType.Add(new DescriptorProto { Name = "Price", Field = { Field("amount", 1, ProtoType.Int64), Field("currency_code", 2, ProtoType.String) } });
        file.MessageType.Add(new DescriptorProto { Name = "Spare" });
        file.EnumType.Add(new EnumDescriptorProto { Name = "Kind", Value = { Value("LIST", 0), Value("SALE", 1) } });
        var method = new MethodDescriptorProto { Name = "GetPrice", InputType = ".shop.Ask", OutputType = ".shop.Price" };
        file.Service.Add(new ServiceDescriptorProto { Name = "Pricing", Method = { method } });
        change(file);
        return new FileDescriptorSet { File = { file } }.ToByteArray();
    }

    private static EnumValueDescriptorProto Value(string name, int number) => new() { Name = name, Number = number };

    private static FieldDescriptorProto Field(string name, int number, ProtoType type, string? of = null)
    {
        var field = new FieldDescriptorProto { Name = name, Number = number, Type = type, Label = Label.Optional };
        if (of is not null)
        {
            field.TypeName = of;
        }

        return field;
    }
}

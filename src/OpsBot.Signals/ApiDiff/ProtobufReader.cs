using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace OpsBot.Signals.ApiDiff;

/// <summary>A <c>FileDescriptorSet</c>: messages, enums and services by their full names.</summary>
internal sealed class ProtobufReader
{
    private readonly ApiDescription _description = new(ApiFormat.Protobuf);
    private int _nodes;

    public static ApiDescription Read(ReadOnlySpan<byte> bytes)
    {
        FileDescriptorSet set;
        try
        {
            set = FileDescriptorSet.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException wrong)
        {
            throw new UnreadableApiException($"the description is no FileDescriptorSet: {ApiText.Short(wrong.Message)}", wrong);
        }

        var reader = new ProtobufReader();
        foreach (var file in set.File)
        {
            reader.File(file);
        }

        return reader._description.Types.Count + reader._description.Operations.Count == 0
            ? throw new UnreadableApiException("the description has no message, enum or service; write it with 'protoc --include_imports --descriptor_set_out'")
            : reader._description;
    }

    private void File(FileDescriptorProto file)
    {
        var prefix = file.Package.Length > 0 ? file.Package + "." : "";
        foreach (var message in file.MessageType)
        {
            Message(prefix, message);
        }

        foreach (var each in file.EnumType)
        {
            Enum(prefix, each);
        }

        foreach (var service in file.Service)
        {
            foreach (var method in service.Method)
            {
                Count();
                var name = $"{prefix}{service.Name}/{method.Name}";
                var operation = new ApiOperation(name, [method.Name, name]);
                operation.Requests[""] = Stream(method.InputType, method.ClientStreaming);
                operation.Responses[""] = new(StringComparer.Ordinal) { [""] = Stream(method.OutputType, method.ServerStreaming) };
                _description.Operations[name] = operation;
            }
        }
    }

    private static ApiType Stream(string type, bool many) => new() { Reference = type.TrimStart('.'), Sort = many ? "stream" : null };

    private void Message(string prefix, DescriptorProto message)
    {
        Count();
        var type = new ApiType { Name = prefix + message.Name, Sort = "message" };
        foreach (var field in message.Field)
        {
            Count();
            var oneOf = field.HasOneofIndex && !field.Proto3Optional && field.OneofIndex >= 0 && field.OneofIndex < message.OneofDecl.Count ? message.OneofDecl[field.OneofIndex].Name : null;
            var of = new ApiType
            {
                Reference = field.HasTypeName ? field.TypeName.TrimStart('.') : field.Type.ToString().ToLowerInvariant(),
                Sort = field.Label == FieldDescriptorProto.Types.Label.Repeated ? "repeated" : oneOf is null ? null : $"oneof {oneOf}",
            };
            type.Fields[field.Name] = new ApiField(field.Name, of, field.Label == FieldDescriptorProto.Types.Label.Required, field.Number);
        }

        _description.Types[type.Name] = type;
        foreach (var nested in message.NestedType)
        {
            Message(type.Name + ".", nested);
        }

        foreach (var each in message.EnumType)
        {
            Enum(type.Name + ".", each);
        }
    }

    private void Enum(string prefix, EnumDescriptorProto told)
    {
        Count();
        var type = new ApiType { Name = prefix + told.Name, Sort = "enum", Values = new(StringComparer.Ordinal) };
        foreach (var value in told.Value)
        {
            type.Values[value.Name] = value.Number;
        }

        _description.Types[type.Name] = type;
    }

    private void Count()
    {
        if (++_nodes > ApiReader.MaxNodes)
        {
            throw new UnreadableApiException($"the description has more than {ApiReader.MaxNodes} messages and fields");
        }
    }
}

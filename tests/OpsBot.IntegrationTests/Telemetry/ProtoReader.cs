using System.Buffers.Binary;
using System.Text;

namespace OpsBot.IntegrationTests.Telemetry;

/// <summary>Fields of a protobuf message as they stand on the wire.</summary>
/// <param name="Number">The field's number in the .proto.</param>
/// <param name="Value">Of a varint or a fixed number.</param>
/// <param name="Bytes">Of whatever has a length: text, bytes, another message.</param>
internal sealed record ProtoField(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    public string Hex => Convert.ToHexStringLower(Bytes.Span);

    public IReadOnlyList<ProtoField> Message => Read(Bytes);

    /// <exception cref="FormatException">It is no protobuf.</exception>
    public static IReadOnlyList<ProtoField> Read(ReadOnlyMemory<byte> bytes)
    {
        var fields = new List<ProtoField>();
        var at = 0;
        while (at < bytes.Length)
        {
            var tag = Varint(bytes.Span, ref at);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    fields.Add(new ProtoField(number, Varint(bytes.Span, ref at), default));
                    break;
                case 1:
                    fields.Add(new ProtoField(number, BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span.Slice(at, 8)), default));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(bytes.Span, ref at);
                    fields.Add(new ProtoField(number, 0, bytes.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    fields.Add(new ProtoField(number, BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span.Slice(at, 4)), default));
                    at += 4;
                    break;
                default:
                    throw new FormatException($"wire type {tag & 7} at byte {at}");
            }
        }

        return fields;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException($"a varint before byte {at} has no end");
    }
}

using System.Buffers.Binary;

namespace OpsBot.Evidence.Training.TensorBoard;

/// <summary>A tensor of one number (tensorflow/core/framework/tensor.proto), whichever of its ways it was written in.</summary>
internal static class ScalarTensor
{
    private const int Float = 1;
    private const int Double = 2;
    private const int Int32 = 3;
    private const int Int64 = 9;
    private const int BFloat16 = 14;
    private const int Half = 19;

    /// <summary>Null for a tensor of more than one element, and for one of text.</summary>
    public static double? Read(ReadOnlySpan<byte> tensor)
    {
        var type = 0;
        var content = ReadOnlySpan<byte>.Empty;
        double? listed = null;
        var fields = new ProtoFields(tensor);
        while (fields.Next())
        {
            switch (fields.Field, fields.Wire)
            {
                case (1, 0):
                    type = (int)fields.Number;
                    break;
                case (2, 2) when !IsScalar(fields.Bytes):
                    return null;
                case (4, 2):
                    content = fields.Bytes;
                    break;
                case (5, 5):
                    listed = fields.AsFloat;
                    break;
                case (5, 2) when fields.Bytes.Length == 4:
                    listed = BinaryPrimitives.ReadSingleLittleEndian(fields.Bytes);
                    break;
                case (6, 1):
                    listed = fields.AsDouble;
                    break;
                case (6, 2) when fields.Bytes.Length == 8:
                    listed = BinaryPrimitives.ReadDoubleLittleEndian(fields.Bytes);
                    break;
                case (7 or 10, 0):
                    listed = (long)fields.Number;
                    break;
                case (13, 0):
                    listed = Small(type, (ushort)fields.Number);
                    break;
                case (7 or 10 or 13, 2) when One(fields.Bytes) is { } number:
                    listed = fields.Field == 13 ? Small(type, (ushort)number) : (long)number;
                    break;
            }
        }

        return fields.IsBroken ? null : listed ?? OfContent(type, content);
    }

    private static double? OfContent(int type, ReadOnlySpan<byte> content) => (type, content.Length) switch
    {
        (Float, 4) => BinaryPrimitives.ReadSingleLittleEndian(content),
        (Double, 8) => BinaryPrimitives.ReadDoubleLittleEndian(content),
        (Int32, 4) => BinaryPrimitives.ReadInt32LittleEndian(content),
        (Int64, 8) => BinaryPrimitives.ReadInt64LittleEndian(content),
        (Half or BFloat16, 2) => Small(type, BinaryPrimitives.ReadUInt16LittleEndian(content)),
        // what is nought may be left out altogether
        (Float or Double or Int32 or Int64 or BFloat16 or Half, 0) => 0,
        _ => null,
    };

    private static double? Small(int type, ushort bits) => type switch
    {
        Half => (double)BitConverter.UInt16BitsToHalf(bits),
        BFloat16 => BitConverter.Int32BitsToSingle(bits << 16),
        _ => null,
    };

    /// <summary>No dimension, or each of size one.</summary>
    private static bool IsScalar(ReadOnlySpan<byte> shape)
    {
        var fields = new ProtoFields(shape);
        while (fields.Next())
        {
            if ((fields.Field, fields.Wire) != (2, 2))
                continue;
            var size = 0UL;
            var dimension = new ProtoFields(fields.Bytes);
            while (dimension.Next())
            {
                if ((dimension.Field, dimension.Wire) == (1, 0))
                    size = dimension.Number;
            }

            if (size != 1)
                return false;
        }

        return true;
    }

    /// <summary>The only number of a packed list.</summary>
    private static ulong? One(ReadOnlySpan<byte> packed)
    {
        ulong value = 0;
        for (var i = 0; i < packed.Length && i < 10; i++)
        {
            value |= (ulong)(packed[i] & 0x7f) << (7 * i);
            if (packed[i] < 0x80)
                return i + 1 == packed.Length ? value : null;
        }

        return null;
    }
}

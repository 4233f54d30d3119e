using System.Buffers.Binary;

namespace OpsBot.Evidence.Training.TensorBoard;

/// <summary>Walks the fields of a protobuf message (protobuf.dev/programming-guides/encoding) without knowing its schema.</summary>
internal ref struct ProtoFields(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its wire type: 0 number, 1 eight bytes, 2 bytes, 5 four bytes.</summary>
    public int Wire { get; private set; }

    /// <summary>What it holds, where that is a number or has four or eight bytes.</summary>
    public ulong Number { get; private set; }

    /// <summary>What it holds, where that is text, bytes, a message or a packed list.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The message breaks off or holds what is no protobuf; what was read before stands.</summary>
    public bool IsBroken { get; private set; }

    public readonly double AsDouble => BitConverter.UInt64BitsToDouble(Number);

    public readonly float AsFloat => BitConverter.UInt32BitsToSingle((uint)Number);

    public bool Next()
    {
        if (_rest.IsEmpty || IsBroken)
            return false;
        if (!Varint(out var key))
            return Broken();
        (Field, Wire) = ((int)Math.Min(key >> 3, int.MaxValue), (int)(key & 7));
        switch (Wire)
        {
            case 0 when Varint(out var number):
                Number = number;
                return true;
            case 1 when _rest.Length >= 8:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[8..];
                return true;
            case 2 when Varint(out var length) && length <= (ulong)_rest.Length:
                Bytes = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            case 5 when _rest.Length >= 4:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[4..];
                return true;
            default:
                return Broken();
        }
    }

    private bool Varint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(10, _rest.Length); i++)
        {
            value |= (ulong)(_rest[i] & 0x7f) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private bool Broken()
    {
        IsBroken = true;
        return false;
    }
}

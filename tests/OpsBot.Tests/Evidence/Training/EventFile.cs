using System.Buffers.Binary;
using System.Text;

namespace OpsBot.Tests.Evidence.Training;

/// <summary>Writes TensorBoard event files: protobuf and framing by hand, the checksum by a table, not as the reader does it.</summary>
internal sealed class EventFile
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i =>
    {
        var crc = (uint)i;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? 0x82f63b78 ^ (crc >> 1) : crc >> 1;
        return crc;
    })];

    private readonly List<byte> _bytes = [];

    public EventFile() => Record([.. Fixed64(1, 1_700_000_000), .. Text(3, "brain.Event:2")]);

    public byte[] Bytes => [.. _bytes];

    /// <summary>A scalar as TensorFlow 1 and PyTorch write it.</summary>
    public EventFile Simple(long step, string tag, float value) => Event(step, [.. Text(1, tag), 0x15, .. BitConverter.GetBytes(value)]);

    /// <summary>A scalar as TensorFlow 2 writes it: a tensor of no dimension, with the plug-in it is for.</summary>
    public EventFile Tensor(long step, string tag, double value, string plugin = "scalars", bool inContent = true, int[]? shape = null)
    {
        byte[] dimensions = [.. (shape ?? []).SelectMany(size => Message(2, [0x08, .. Varint((ulong)size)]))];
        byte[] tensor = [0x08, 1, .. Message(2, dimensions), .. inContent ? Message(4, BitConverter.GetBytes((float)value)) : [0x2d, .. BitConverter.GetBytes((float)value)]];
        return Event(step, [.. Text(1, tag), .. Message(8, tensor), .. Message(9, Message(1, Text(1, plugin)))]);
    }

    public EventFile Event(long step, byte[] value, double at = 1_700_000_000.5) =>
        Record([.. Fixed64(1, at), 0x10, .. Varint((ulong)step), .. Message(5, Message(1, value))]);

    public EventFile Record(byte[] data)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)data.Length);
        _bytes.AddRange(length);
        _bytes.AddRange(BitConverter.GetBytes(Masked(length)));
        _bytes.AddRange(data);
        _bytes.AddRange(BitConverter.GetBytes(Masked(data)));
        return this;
    }

    public static byte[] Message(int field, byte[] bytes) => [.. Varint((ulong)((field << 3) | 2)), .. Varint((ulong)bytes.Length), .. bytes];

    public static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Fixed64(int field, double value) => [(byte)((field << 3) | 1), .. BitConverter.GetBytes(value)];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        while (value > 0x7f)
        {
            bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        return [.. bytes, (byte)value];
    }

    private static uint Masked(byte[] bytes)
    {
        var crc = ~bytes.Aggregate(uint.MaxValue, (sum, one) => Table[(sum ^ one) & 0xff] ^ (sum >> 8));
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
    }
}

using System.Buffers.Binary;

namespace OpsBot.Evidence.Training.TensorBoard;

/// <summary>
/// The framing of event files (tensorflow/core/lib/io/record_writer.h): length as 8 bytes, its masked CRC, the record, its masked CRC; all little-endian.
/// </summary>
internal static class TfRecords
{
    private const int HeadBytes = 12;
    private const int FootBytes = 4;

    // images and graphs; scalars are some dozen bytes
    private const int MaxRecordBytes = 8 << 20;

    /// <summary>Hands each whole record beyond <paramref name="offset"/> to <paramref name="take"/>.</summary>
    /// <param name="file">Open for reading.</param>
    /// <param name="offset">Where a record begins.</param>
    /// <param name="budget">Most bytes to read.</param>
    /// <param name="take">Given a record whose checksum is right; false stops behind it.</param>
    public static RecordProgress Read(FileStream file, long offset, int budget, Func<ReadOnlyMemory<byte>, bool> take)
    {
        var head = new byte[HeadBytes];
        var read = 0L;
        while (read < budget)
        {
            if (!Fill(file, offset, head))
                return new RecordProgress(offset, read, false, null);
            if (BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)) != MaskedCrc.Of(head.AsSpan(0, 8)))
                return new RecordProgress(offset, read, false, "the checksum of a length");
            var length = BinaryPrimitives.ReadUInt64LittleEndian(head);
            if (length > long.MaxValue / 2)
                return new RecordProgress(offset, read, false, "the length");
            var end = offset + HeadBytes + (long)length + FootBytes;
            // not all of it is written yet
            if (end > file.Length)
                return new RecordProgress(offset, read, false, null);
            if (length <= MaxRecordBytes)
            {
                var record = new byte[(int)length + FootBytes];
                if (!Fill(file, offset + HeadBytes, record))
                    return new RecordProgress(offset, read, false, null);
                read += record.Length + HeadBytes;
                var data = record.AsMemory(0, (int)length);
                if (BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan((int)length)) != MaskedCrc.Of(data.Span))
                    return new RecordProgress(offset, read, false, "the checksum of a record");
                if (!take(data))
                    return new RecordProgress(end, read, true, null);
            }

            offset = end;
        }

        return new RecordProgress(offset, read, offset < file.Length, null);
    }

    private static bool Fill(FileStream file, long offset, Span<byte> bytes)
    {
        var filled = 0;
        while (filled < bytes.Length && RandomAccess.Read(file.SafeFileHandle, bytes[filled..], offset + filled) is > 0 and var more)
            filled += more;
        return filled == bytes.Length;
    }
}

/// <summary>How far reading came.</summary>
/// <param name="Offset">Where the next record begins.</param>
/// <param name="Bytes">What was read.</param>
/// <param name="More">More is there.</param>
/// <param name="Wrong">What is wrong there; null where nothing is.</param>
internal sealed record RecordProgress(long Offset, long Bytes, bool More, string? Wrong);

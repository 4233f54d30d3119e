using System.IO.Compression;
using System.Text;

namespace OpsBot.Evidence.Files;

/// <summary>Opens a log file as UTF-8 bytes, whatever it was written as.</summary>
internal static class LogFileOpener
{
    /// <param name="offset">Where to begin; only for plain files.</param>
    public static Stream Open(LogFile file, long offset)
    {
        var encoding = Sniff(file);
        var raw = OpenRaw(file);
        if (offset > 0) raw.Seek(offset, SeekOrigin.Begin);
        return encoding is null ? raw : Encoding.CreateTranscodingStream(raw, encoding, Encoding.UTF8);
    }

    /// <summary>UTF-16 by its byte order mark, or by the zeros of plain letters; null for anything else.</summary>
    public static Encoding? Sniff(LogFile file)
    {
        using var stream = OpenRaw(file);
        Span<byte> head = stackalloc byte[4];
        var length = stream.ReadAtLeast(head, 4, throwOnEndOfStream: false);
        if (length < 2) return null;
        if (head[0] == 0xff && head[1] == 0xfe) return Encoding.Unicode;
        if (head[0] == 0xfe && head[1] == 0xff) return Encoding.BigEndianUnicode;
        if (length < 4 || head[..4].IndexOfAnyExcept((byte)0) < 0) return null;
        if (head[1] == 0 && head[3] == 0 && head[0] != 0 && head[2] != 0) return new UnicodeEncoding(bigEndian: false, byteOrderMark: false);
        return head[0] == 0 && head[2] == 0 && head[1] != 0 && head[3] != 0 ? new UnicodeEncoding(bigEndian: true, byteOrderMark: false) : null;
    }

    private static Stream OpenRaw(LogFile file)
    {
        // whoever writes, renames or deletes it may go on doing so
        var stream = new FileStream(
            file.FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
        return file.IsGzip ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }
}

using System.Text;

namespace OpsBot.Evidence.Files;

/// <summary>Finds where in a large file the records of a period begin, without reading what is before.</summary>
internal static class LogFileSeek
{
    public const long WorthSeeking = 8 << 20;
    private const int ProbeBytes = 96 * 1024;
    private const long CloseEnough = 1 << 20;

    /// <summary>Lines of several threads are a little out of order in every log.</summary>
    private const long SlackMs = 5_000;

    /// <summary>A byte offset before the first record of the period; 0 where the file is not in order or has no times.</summary>
    public static long Find(Stream file, long length, long fromMs, LogTimestamp timestamp)
    {
        var probes = new List<(long Offset, long Time)>();
        long low = 0, high = length;
        var buffer = new byte[ProbeBytes];
        if (TimeAt(file, 0, buffer, timestamp) is not { } first) return 0;
        if (TimeAt(file, Math.Max(0, length - ProbeBytes), buffer, timestamp) is not { } last) return 0;
        probes.Add((0, first));
        probes.Add((length, last));
        while (high - low > CloseEnough)
        {
            var middle = low + (high - low) / 2;
            if (TimeAt(file, middle, buffer, timestamp) is not { } time) return 0;
            probes.Add((middle, time));
            if (time < fromMs - SlackMs) low = middle;
            else high = middle;
        }

        probes.Sort();
        for (var i = 1; i < probes.Count; i++)
        {
            if (probes[i].Time < probes[i - 1].Time - SlackMs) return 0;
        }

        return low;
    }

    private static long? TimeAt(Stream file, long offset, byte[] buffer, LogTimestamp timestamp)
    {
        file.Seek(offset, SeekOrigin.Begin);
        var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var rest = buffer.AsSpan(0, read);
        if (offset > 0)
        {
            var newline = rest.IndexOf((byte)'\n');
            if (newline < 0) return null;
            rest = rest[(newline + 1)..];
        }

        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            if (end < 0) return null;
            var line = rest[..end];
            rest = rest[(end + 1)..];
            if (line.IsEmpty) continue;
            if (line[0] == '{' && JsonLogRecord.Read(line, timestamp) is { Time: { } time }) return time;
            if (timestamp.TryFind(Encoding.UTF8.GetString(line[..Math.Min(line.Length, 512)]), out var ms, out _, out _)) return ms;
        }

        return null;
    }
}

using System.Text;

namespace OpsBot.Evidence.Training;

/// <summary>Reads whole lines of a file that others write. A carriage return ends one too: progress bars are drawn over and over on one line.</summary>
internal static class GrowingFile
{
    /// <summary>A line that is longer is passed over.</summary>
    public const int MaxLineBytes = 1 << 20;

    /// <summary>Hands each line beyond <paramref name="offset"/> to <paramref name="take"/>, until it says false.</summary>
    /// <param name="file">Open for reading.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="budget">Most bytes to read.</param>
    /// <param name="isQuiet">Nobody has written for a while, so that what stands behind the last line end is a line too.</param>
    /// <param name="passOver">The beginning belongs to a line that was too long.</param>
    /// <param name="take">Given a line without its end; false stops behind it.</param>
    public static LineProgress Read(FileStream file, long offset, int budget, bool isQuiet, bool passOver, Func<string, bool> take)
    {
        var bytes = new byte[(int)Math.Min(Math.Max(0, file.Length - offset), budget)];
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(file.SafeFileHandle, bytes.AsSpan(length), offset + length) is > 0 and var more)
            length += more;
        var isEnd = offset + length >= file.Length;
        var rest = bytes.AsSpan(0, length);
        var at = 0;
        // a file that was cut off under its writer begins with zeros, as many as it was long
        if (rest.IndexOfAnyExcept((byte)0) is var zeros and > 0)
            at = zeros;
        while (at < length)
        {
            var end = rest[at..].IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0 && !(isQuiet && isEnd))
                break;
            var line = end < 0 ? rest[at..] : rest.Slice(at, end);
            at += end < 0 ? line.Length : end + 1;
            if (passOver)
            {
                passOver = false;
                continue;
            }

            if (line.Length is > 0 and <= MaxLineBytes && !take(Encoding.UTF8.GetString(line)))
                return new LineProgress(offset + at, passOver, true, length);
        }

        if (length - at > MaxLineBytes)
            return new LineProgress(offset + length, true, !isEnd, length);
        return new LineProgress(offset + at, passOver, !isEnd && at > 0, length);
    }
}

/// <summary>How far reading came.</summary>
/// <param name="Offset">Where the next look begins.</param>
/// <param name="PassOver">It begins within a line that is too long.</param>
/// <param name="More">More is there.</param>
/// <param name="Bytes">What was read from the disk.</param>
internal sealed record LineProgress(long Offset, bool PassOver, bool More, int Bytes);

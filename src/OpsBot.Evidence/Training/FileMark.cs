using System.Security.Cryptography;

namespace OpsBot.Evidence.Training;

/// <summary>
/// Which file it was and how far it was read, told by what it holds: a number of the file system does not survive the way to another host.
/// </summary>
/// <param name="Offset">Bytes that were read.</param>
/// <param name="Head">Hash of its first bytes, at most <see cref="HeadBytes"/> of those read.</param>
/// <param name="Tail">Hash of the last bytes that were read.</param>
internal sealed record FileMark(long Offset, string Head, string Tail)
{
    private const int HeadBytes = 256;
    private const int TailBytes = 64;

    public static FileMark Start { get; } = new(0, "", "");

    public static FileMark At(FileStream file, long offset) => new(offset, Hash(file, 0, Math.Min(HeadBytes, offset)), Hash(file, Math.Max(0, offset - TailBytes), Math.Min(TailBytes, offset)));

    /// <summary>Whether it is that file, grown or as it was. A file that was cut off or written anew is not.</summary>
    public bool IsOf(FileStream file) => file.Length >= Offset && At(file, Offset) == this;

    private static string Hash(FileStream file, long from, long count)
    {
        Span<byte> bytes = stackalloc byte[HeadBytes];
        bytes = bytes[..(int)count];
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(file.SafeFileHandle, bytes[read..], from + read) is > 0 and var more)
            read += more;
        return count == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(bytes[..read]))[..16];
    }
}

using System.IO.Compression;
using OpsBot.Runtime.Files;

namespace OpsBot.Evidence.Bundle;

/// <summary>
/// Opens the files of a bundle by name, plain or gzip-compressed (<c>x.csv</c> or <c>x.csv.gz</c>). Only names that the readers ask for
/// are opened, never what a file of the bundle names, and links are not followed: a bundle comes from outside.
/// </summary>
internal sealed class BundleFolder(string root)
{
    public string Root { get; } = root;

    /// <summary>The name as it stands in the folder (<c>changes.json</c> or <c>changes.json.gz</c>), null where neither is there.</summary>
    public string? Find(string name)
    {
        if (IsPlainFile(Path.Combine(Root, name)))
        {
            return name;
        }

        return IsPlainFile(Path.Combine(Root, name + ".gz")) ? name + ".gz" : null;
    }

    /// <summary>Names below a subfolder that end in <paramref name="extension"/> (compressed or not), by ordinal order; null where the folder is absent.</summary>
    public IReadOnlyList<string>? List(string subfolder, string extension)
    {
        var folder = new DirectoryInfo(Path.Combine(Root, subfolder));
        if (!folder.Exists)
        {
            return null;
        }

        return
        [
            .. folder.EnumerateFiles()
                .Where(file => file.LinkTarget is null)
                .Select(file => file.Name)
                .Where(name => Uncompressed(name).EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)
                .Select(name => subfolder + "/" + name),
        ];
    }

    /// <summary>Opens a file for reading, at most <paramref name="maxBytes"/> of its uncompressed content.</summary>
    public BoundedStream Open(string name, long maxBytes)
    {
        Stream stream = PlainFile.OpenRead(Path.Combine(Root, name));
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            stream = new GZipStream(stream, CompressionMode.Decompress);
        }

        return new BoundedStream(stream, maxBytes);
    }

    /// <summary>The name without <c>.gz</c>, as <c>index.json</c> has it.</summary>
    public static string Uncompressed(string name) => name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;

    private static bool IsPlainFile(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && file.LinkTarget is null;
    }
}

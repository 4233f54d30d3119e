using System.IO.Compression;
using System.Text;

namespace OpsBot.Tests.Support;

/// <summary>A bundle in a folder of its own, removed when disposed.</summary>
internal sealed class SomeBundle : IDisposable
{
    public const string Incident =
        """{"id":"b-1","title":"shop is slow","startedAt":"2026-03-01T10:53:00Z","window":{"from":"2026-03-01T10:00:00Z","to":"2026-03-01T11:00:00Z"},"source":"test","service":"shop"}""";

    public SomeBundle(string? incident = Incident)
    {
        Directory.CreateDirectory(Path);
        if (incident is not null)
        {
            With("incident.json", incident);
        }
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "opsbot-bundle-" + Guid.NewGuid().ToString("N"));

    public SomeBundle With(string name, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        return WithBytes(name, name.EndsWith(".gz", StringComparison.Ordinal) ? Packed(bytes) : bytes);
    }

    public SomeBundle WithBytes(string name, byte[] bytes)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static byte[] Packed(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return memory.ToArray();
    }
}

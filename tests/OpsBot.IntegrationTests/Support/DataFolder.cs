namespace OpsBot.IntegrationTests.Support;

/// <summary>A folder of a test's own, with the data of an OpsBot below it. Gone with the test.</summary>
internal sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("opsbot-proof-").FullName;

    public string Data => System.IO.Path.Combine(Path, "data");

    public StoreFile Store => new(System.IO.Path.Combine(Data, "opsbot.db"));

    /// <summary>What programs of this folder are told besides.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Writes a file of the folder and returns its path.</summary>
    public string Write(string name, string text, bool executable = false)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        if (executable && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

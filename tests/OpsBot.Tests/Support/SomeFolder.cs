namespace OpsBot.Tests.Support;

/// <summary>A folder of a test's own, gone with it.</summary>
internal sealed class SomeFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("opsbot-test-").FullName;

    /// <summary>A folder with programs of these names that do nothing; it stays for the whole run.</summary>
    public static string WithPrograms(params string[] names)
    {
        var folder = Directory.CreateTempSubdirectory("opsbot-programs-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        foreach (var name in names)
        {
            Executable(System.IO.Path.Combine(folder, name), "#!/bin/sh\n");
        }

        return folder;
    }

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string WriteProgram(string name, string text = "#!/bin/sh\n")
    {
        var path = System.IO.Path.Combine(Path, name);
        Executable(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static void Executable(string path, string text)
    {
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}

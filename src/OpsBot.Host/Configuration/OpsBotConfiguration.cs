using System.Collections;
using System.Globalization;
using System.Text;

namespace OpsBot.Host.Configuration;

/// <summary>Reads the one configuration file and the environment. Nothing here throws for bad input: problems are collected.</summary>
public static class OpsBotConfiguration
{
    /// <summary>The variable that names the file where the command line does not.</summary>
    public const string PathVariable = "OPSBOT_CONFIG";

    internal const int MaxBytes = 1024 * 1024;
    internal const string FileName = "opsbot.yaml";

    /// <summary>
    /// Loads <paramref name="path"/>; without one the file that <see cref="PathVariable"/> names, else <c>opsbot.yaml</c> of the working folder, else
    /// <c>/etc/opsbot/opsbot.yaml</c>, else nothing but defaults and the environment. A file that was asked for and is missing is a problem.
    /// </summary>
    /// <param name="path">Absolute or relative to the working folder.</param>
    /// <param name="environment">Variables by name; the process's own where null.</param>
    public static LoadedConfiguration Load(string? path = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        environment ??= OfProcess();
        path ??= environment.GetValueOrDefault(PathVariable) is { Length: > 0 } named ? named : null;
        path ??= new[] { FileName, "/etc/opsbot/" + FileName }.FirstOrDefault(File.Exists);
        var problems = new List<ConfigProblem>();
        var root = path is null ? new MapNode(new ConfigOrigin(FileName, 0)) : ReadFile(path, problems);
        if (root is not null)
        {
            new EnvironmentOverlay(root, BaseFolder(path), problems).Apply(environment);
            new IncludedActions(root, problems).Merge(BaseFolder(path));
            new IncludedMappings(root, problems).Merge(BaseFolder(path));
        }

        return new LoadedConfiguration(path, root, problems);
    }

    /// <summary>Parses text as if it stood in a file of that name: for tests, for standard input, for samples inside the program.</summary>
    public static LoadedConfiguration Parse(string yaml, string file = FileName, IReadOnlyDictionary<string, string>? environment = null)
    {
        var problems = new List<ConfigProblem>();
        var root = YamlTree.Read(yaml, file, BaseFolder(file), problems);
        if (root is not null)
        {
            new EnvironmentOverlay(root, BaseFolder(file), problems).Apply(environment ?? new Dictionary<string, string>(StringComparer.Ordinal));
            new IncludedActions(root, problems).Merge(BaseFolder(file));
            new IncludedMappings(root, problems).Merge(BaseFolder(file));
        }

        return new LoadedConfiguration(file, root, problems);
    }

    internal static MapNode? ReadFile(string path, List<ConfigProblem> problems)
    {
        ConfigProblem Problem(string message, int line = 0) => new(path, line, message);
        byte[] bytes;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            bytes = new byte[MaxBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxBytes)
            {
                problems.Add(Problem($"the file is larger than {MaxBytes} bytes; a configuration is a few kilobytes, so check that this is the right file"));
                return null;
            }

            Array.Resize(ref bytes, length);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(Problem("there is no such file; copy deploy/opsbot.yaml there, or name another with --config or OPSBOT_CONFIG"));
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add(Problem("the file cannot be read; check that it is a file and that this user may read it"));
            return null;
        }

        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            problems.Add(Problem("the file is UTF-16; save it as UTF-8", 1));
            return null;
        }

        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
            return YamlTree.Read(text, path, BaseFolder(path), problems);
        }
        catch (DecoderFallbackException error)
        {
            var line = 1 + bytes.AsSpan(0, Math.Clamp(error.Index, 0, bytes.Length)).Count((byte)'\n');
            problems.Add(Problem(string.Create(CultureInfo.InvariantCulture, $"byte {error.Index} is not UTF-8; save the file as UTF-8"), line));
            return null;
        }
    }

    private static string BaseFolder(string? path) =>
        path is null ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(Path.GetFullPath(path)) ?? Directory.GetCurrentDirectory();

    private static Dictionary<string, string> OfProcess() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}

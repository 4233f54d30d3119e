using Microsoft.Extensions.Options;

namespace OpsBot.Actions.Gates;

/// <summary>Where the gates and their lock lie.</summary>
public sealed class GateFiles
{
    public const int MaxGateBytes = 1024 * 1024;

    private const int LongestName = 100;

    public GateFiles(IOptions<GateOptions> options, ConfigurationFolder configuration)
        : this(options.Value, configuration)
    {
    }

    internal GateFiles(GateOptions options, ConfigurationFolder configuration)
    {
        Folder = Path.GetFullPath(options.Folder, configuration.Path);
        Lock = options.Lock is { Length: > 0 } written
            ? Path.GetFullPath(written, configuration.Path)
            : Path.Combine(Path.GetDirectoryName(Folder) ?? "/", "gates.lock");
    }

    public string Folder { get; }

    public string Lock { get; }

    public string PathOf(string gate) => Path.Combine(Folder, gate);

    /// <summary>Plain names only: never a path, an option or a hidden file.</summary>
    public static bool IsName(string gate) =>
        gate.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(gate[0])
        && gate.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}

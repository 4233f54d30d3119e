using System.Text;
using OpsBot.Runtime.Files;

namespace OpsBot.Storage.Messages;

/// <summary>
/// The name of a host is the name of its data folder, kept in the file <c>host</c> there: what is bound to a host needs that folder's files, and a container that is
/// created again gets another machine name but keeps its volume.
/// </summary>
internal static class HostFile
{
    private const int Longest = 200;

    /// <summary>The machine's name, fit for a file name.</summary>
    public static string Machine { get; } = string.Concat(Environment.MachineName.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'));

    /// <exception cref="IOException">The file cannot be read or written, or holds no name.</exception>
    public static string NameOf(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "host");
        if (!File.Exists(path))
        {
            // Of those that start together one wins, and all read its name.
            NewFile.TryCreate(path, Encoding.UTF8.GetBytes($"{Machine}-{Guid.NewGuid().ToString("N")[..8]}\n"));
        }

        var name = File.ReadAllText(path, Encoding.UTF8).Trim();
        return name.Length is > 0 and <= Longest && !name.Any(char.IsControl)
            ? name
            : throw new IOException($"'{path}' holds no name of a host; put back what it held, or remove it where no action is running here.");
    }
}

using System.Security.Cryptography;
using System.Text;
using OpsBot.Runtime.Files;

namespace OpsBot.Actions.Catalog;

/// <summary>Which files an action executes, and what is in them.</summary>
internal sealed class FileHashes(ProgramFinder programs)
{
    private static readonly string OfNothing = Convert.ToHexStringLower(SHA256.HashData([]));

    /// <summary>
    /// Programs with the interpreters that their first lines name, arguments that name a file, and declared files; by real path.
    /// </summary>
    /// <param name="planned">Commands with their values put in: a file that a value names is executed like any other.</param>
    /// <exception cref="ActionRefusedException">A file is missing or cannot be read.</exception>
    public IReadOnlyDictionary<string, string> Of(ActionDefinition action, IEnumerable<PlannedCommand> planned)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var command in action.Commands())
        {
            var (program, problem) = programs.Find(command.Program(), action.Folder);
            Add(hashes, program ?? throw new ActionRefusedException($"{action.Name}: {problem}."));
            // An interpreter may be a script itself; the kernel follows that four times.
            for (var (next, depth) = (Interpreter(program), 0); next is not null && depth < 4; next = Interpreter(next), depth++)
            {
                Add(hashes, next);
            }

            foreach (var argument in command.On is null ? command.Arguments.Skip(1) : [])
            {
                if (!Template.Names(argument).Any() && NamedFile(argument, command.WorkingDirectory) is { } file)
                {
                    Add(hashes, file);
                }
            }

            foreach (var file in command.Files)
            {
                Add(hashes, Path.GetFullPath(file, action.Folder));
            }
        }

        foreach (var command in planned)
        {
            foreach (var file in command.Arguments.Skip(1).Select(argument => NamedFile(argument, command.WorkingDirectory)).OfType<string>())
            {
                Add(hashes, file);
            }
        }

        return hashes;
    }

    private static void Add(SortedDictionary<string, string> hashes, string path)
    {
        try
        {
            var real = PathWalk.Of(path).Real;
            if (!hashes.ContainsKey(real))
            {
                hashes.Add(real, Hash(real));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ActionRefusedException($"The file '{path}' would be executed and cannot be read: {error.Message}");
        }
    }

    private static string Hash(string file)
    {
        // devices and pipes have no length, and opening one could wait for ever
        if (new FileInfo(file).Length == 0)
        {
            return OfNothing;
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string? NamedFile(string argument, string? workingDirectory)
    {
        if (argument.Length == 0 || argument.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var path = argument[0] == '/' ? argument : workingDirectory is null ? null : Path.GetFullPath(argument, workingDirectory);
        return path is not null && File.Exists(path) ? path : null;
    }

    /// <summary>What is wrong with how a script names its interpreter; null where nothing is, or it is no script.</summary>
    public string? Problem(string program)
    {
        try
        {
            _ = Interpreter(program);
            return null;
        }
        catch (ActionRefusedException refused)
        {
            return refused.Message;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // a program that may be run and not read is told of where it is hashed
            return null;
        }
    }

    /// <summary>The interpreter that the kernel would start for a script; what <c>env</c> finds where the line goes through it.</summary>
    /// <exception cref="ActionRefusedException">It goes through <c>env</c> in a way that does not say which program that is.</exception>
    private string? Interpreter(string program)
    {
        var head = new byte[256];
        using var stream = File.OpenRead(program);
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (!head.AsSpan(0, length).StartsWith("#!"u8))
        {
            return null;
        }

        var words = Encoding.UTF8.GetString(head, 2, length - 2).Split('\n')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words is not [var first, ..] || Path.GetFileName(first) != "env")
        {
            return words.FirstOrDefault();
        }

        if (words is not [_, var name] || name[0] == '-' || name.Contains('=', StringComparison.Ordinal))
        {
            throw new ActionRefusedException($"'{program}' goes through env with more than one plain name, so that nobody can tell what would be executed; name the interpreter itself.");
        }

        return programs.Find(name, "/").Path ?? first;
    }
}

using System.Security.Cryptography;
using System.Text.Json;

namespace OpsBot.Actions.Execution.Supervision;

/// <summary>Looks once more, right before the start, whether everything is as it was approved.</summary>
internal static class SpecCheck
{
    private const int LargestSpec = 4 << 20;

    /// <summary>The spec, or why it must not be started.</summary>
    /// <param name="digest">Of the spec that was journalled.</param>
    public static (CommandSpec? Spec, string? Problem) Check(string path, string digest)
    {
        var bytes = DurableFile.TryRead(path, LargestSpec);
        if (bytes is null || CommandSpec.DigestOf(bytes) != digest)
        {
            return (null, $"'{path}' is {(bytes is null ? "missing or no plain file" : "not the one that was journalled")}");
        }

        CommandSpec? spec;
        try
        {
            spec = JsonSerializer.Deserialize(bytes, SupervisorJson.Default.CommandSpec);
        }
        catch (JsonException unreadable)
        {
            return (null, $"'{path}' cannot be read: {unreadable.Message}");
        }

        if (spec is not { Arguments: [var program, ..] })
        {
            return (null, $"'{path}' names no program");
        }

        foreach (var (file, expected) in spec.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (HashOf(file) is var found && found != expected)
            {
                return (null, $"'{file}' is {(found is null ? "missing or cannot be read" : $"not as it was approved: SHA-256 {Short(expected)} became {Short(found)}")}");
            }
        }

        // Programs are journalled by their real path: a link or PATH could lead elsewhere by now.
        return spec.Files.ContainsKey(program) ? (spec, null) : (null, $"'{program}' is not among the files that were approved");
    }

    private static string? HashOf(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;
}

using System.Runtime.CompilerServices;
using OpsBot.Knowledge;
using OpsBot.Knowledge.Runbooks;

namespace OpsBot.Tests.Support;

internal static partial class Some
{
    /// <summary>The text of a SKILL.md that keeps the format.</summary>
    public static string Skill(string name = "disk-filling", string head = "", string body = "# Disk\n\n## First step\n\nRun `df -h`.\n") =>
        $"---\nname: {name}\ndescription: What to do when {name}.\n{head}---\n\n{body}";

    public static RunbookQuery RunbookQuery(
        string? name = null, string? summary = null, string? description = null, string? expression = null, string? service = null) =>
        new(name, summary, description, expression, service is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["service"] = service });

    internal static Runbook Runbook(string path, string body, string[]? alerts = null, string[]? services = null) =>
        RunbookParser.Parse(path, "folder", body) with { Alerts = alerts ?? [], Services = services ?? [] };

    /// <summary>The root of the working copy that these tests were built from.</summary>
    public static string RepositoryRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}

/// <summary>A folder that goes away with its test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("opsbot-test-").FullName;

    public string Write(string below, string text)
    {
        var path = System.IO.Path.Combine(Path, below);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

namespace OpsBot.Knowledge.Runbooks;

/// <summary>One runbook as it was read. All of its text is shown to people and never run.</summary>
/// <param name="Path">Path below its folder, with <c>/</c>.</param>
/// <param name="Name">The front matter's name, else the file's.</param>
/// <param name="Title">The first heading, else the front matter's title, else the name in words.</param>
/// <param name="Description">The front matter's, else the first paragraph.</param>
/// <param name="Alerts">Patterns of the alerts that it is for.</param>
/// <param name="Services">Services that it is for; empty for any.</param>
/// <param name="FirstStep">Quoted from the text; empty where there is nothing to do in it.</param>
public sealed record Runbook(
    string Path,
    string Name,
    string Title,
    string Description,
    IReadOnlyList<string> Alerts,
    IReadOnlyList<string> Services,
    IReadOnlyList<string> Headings,
    string FirstStep,
    string Body);

/// <summary>A file that was not taken, or a folder that could not be read, and why.</summary>
/// <param name="Path">Path of the file or folder as configured.</param>
/// <param name="Line">1-based line of the file, where the trouble has one.</param>
public sealed record RunbookProblem(string Path, int? Line, string Reason)
{
    public override string ToString() => Line is { } line ? $"{Path}:{line}: {Reason}" : $"{Path}: {Reason}";
}

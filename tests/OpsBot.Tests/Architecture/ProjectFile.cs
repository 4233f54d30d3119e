using System.Xml.Linq;

namespace OpsBot.Tests.Architecture;

/// <summary>What a project file says it uses.</summary>
/// <param name="Name">The file's name without extension; also the key of the rules.</param>
/// <param name="Assembly">The name of what it compiles to.</param>
internal sealed record ProjectFile(string Name, string Assembly, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages)
{
    public static ProjectFile Parse(string path, string xml)
    {
        var document = XDocument.Parse(xml);
        var name = Path.GetFileNameWithoutExtension(path);
        return new ProjectFile(
            name,
            document.Descendants("AssemblyName").FirstOrDefault()?.Value ?? name,
            [.. Includes("ProjectReference").Select(include => Path.GetFileNameWithoutExtension(include.Replace('\\', '/')))],
            [.. Includes("PackageReference")]);

        IEnumerable<string> Includes(string element) => document.Descendants(element).Select(e => e.Attribute("Include")?.Value).OfType<string>();
    }

    /// <summary>The projects that make up the program: those in src and handlers.</summary>
    public static IReadOnlyList<ProjectFile> Program(Repository repository) =>
        [.. repository.Under("src", ".csproj").Concat(repository.Under("handlers", ".csproj")).Select(path => Parse(path, repository.Files[path]))];
}

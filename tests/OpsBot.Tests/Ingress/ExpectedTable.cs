using System.Text;
using System.Text.Json;

namespace OpsBot.Tests.Ingress;

/// <summary>One row of the table that states what a payload means.</summary>
internal sealed record ExpectedRow(
    string Folder, string File, string Kind, string Event, string Status, string Identity, string Service, string Severity, string Title,
    string Time, string Links, string More)
{
    public IReadOnlyList<string> Identities => Identity.StartsWith('[') ? List(Identity) : Identity.Length == 0 ? [] : [Identity];

    public IReadOnlyList<string> LinkList => Links.Length == 0 ? [] : List(Links);

    public bool MayBeDropped => More.Contains("dropping it is right", StringComparison.Ordinal);

    /// <summary>The further facts; notes are advice and left out.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts =>
    [
        .. More.Split("; ", StringSplitOptions.RemoveEmptyEntries).Where(part => part.Contains('=')).Select(part => (part.Split('=')[0], part[(part.IndexOf('=') + 1)..]))
            .Where(fact => !fact.Item1.StartsWith("note", StringComparison.Ordinal)),
    ];

    public static IReadOnlyList<string> List(string json) => JsonSerializer.Deserialize<List<string>>(json)!;
}

/// <summary>Parses EXPECTED.md: a heading a folder, a table row a file.</summary>
internal static class ExpectedTable
{
    public static IReadOnlyList<ExpectedRow> Parse(string markdown)
    {
        var rows = new List<ExpectedRow>();
        var folder = "";
        foreach (var line in markdown.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                folder = line[3..].Trim();
            else if (line.StartsWith("| ", StringComparison.Ordinal) && Cells(line) is [var file, ..] cells && file != "file")
                rows.Add(new ExpectedRow(
                    folder, file, cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7], cells[8], cells[9], cells[10]));
        }

        return rows;
    }

    // the table escapes a bar in a cell; one space on either side belongs to the table and not to the cell
    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        for (var i = 1; i < line.Length; i++)
        {
            if (line[i] == '\\' && i + 1 < line.Length && line[i + 1] == '|')
            {
                cell.Append(line[++i]);
            }
            else if (line[i] == '|')
            {
                var text = cell.ToString();
                cells.Add(text.Length >= 2 ? text[1..^1] : "");
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        return cells;
    }
}

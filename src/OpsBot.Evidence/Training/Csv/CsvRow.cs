using System.Text;

namespace OpsBot.Evidence.Training.Csv;

/// <summary>Cuts a line of a table into cells. A quoted cell may hold the separator, and two quotes for one; it may not hold a line end.</summary>
internal static class CsvRow
{
    private const int MaxCells = 1_000;

    /// <summary>The separator that a heading uses most.</summary>
    public static char Separator(string heading) => new[] { ',', '\t', ';' }.MaxBy(one => heading.Count(c => c == one));

    public static IReadOnlyList<string> Cells(string line, char separator)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (quoted && line[i] == '"' && i + 1 < line.Length && line[i + 1] == '"')
                cell.Append(line[++i]);
            else if (line[i] == '"')
                quoted = !quoted;
            else if (line[i] == separator && !quoted && cells.Count < MaxCells)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
                cell.Append(line[i]);
        }

        cells.Add(cell.ToString().Trim());
        return cells;
    }
}

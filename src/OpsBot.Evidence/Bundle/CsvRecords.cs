using System.Text;

namespace OpsBot.Evidence.Bundle;

/// <summary>Reads comma-separated records (RFC 4180: quoted fields may hold commas, doubled quotes and line breaks).</summary>
internal static class CsvRecords
{
    /// <summary>A quote that is never closed must not swallow the rest of the file.</summary>
    private const int MaxLinesOfARecord = 50;

    /// <summary>The fields of the next record; null at the end.</summary>
    public static List<string>? Read(LineReader lines)
    {
        var line = lines.Read();
        if (line is null)
        {
            return null;
        }

        if (!line.Contains('"', StringComparison.Ordinal))
        {
            return [.. line.Split(',')];
        }

        for (var joined = 1; Quotes(line) % 2 == 1 && joined < MaxLinesOfARecord; joined++)
        {
            var next = lines.Read();
            if (next is null)
            {
                break;
            }

            line += "\n" + next;
        }

        return Split(line);
    }

    private static int Quotes(string line) => line.AsSpan().Count('"');

    private static List<string> Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}

namespace OpsBot.Tests.Deploy;

/// <summary>One instruction, its continued lines joined.</summary>
internal sealed record Instruction(int Line, string Word, string Rest);

/// <summary>Takes a Dockerfile apart as far as its rules need it: no here-documents, no parser directives.</summary>
internal static class Dockerfile
{
    public static IReadOnlyList<Instruction> Read(string text)
    {
        var all = new List<Instruction>();
        var (first, joined) = (0, "");
        foreach (var (line, number) in text.Split('\n').Select((line, index) => (line.Trim(), index + 1)))
        {
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            first = joined.Length == 0 ? number : first;
            joined += line.TrimEnd('\\');
            if (line.EndsWith('\\'))
            {
                continue;
            }

            var parts = joined.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            all.Add(new Instruction(first, parts[0].ToUpperInvariant(), parts.ElementAtOrDefault(1) ?? ""));
            joined = "";
        }

        return all;
    }

    /// <summary>The instructions of each stage, its FROM first.</summary>
    public static IReadOnlyList<IReadOnlyList<Instruction>> Stages(string text)
    {
        var stages = new List<List<Instruction>>();
        foreach (var instruction in Read(text))
        {
            if (instruction.Word == "FROM")
            {
                stages.Add([]);
            }

            (stages.LastOrDefault() ?? throw new FormatException($"line {instruction.Line}: {instruction.Word} before FROM")).Add(instruction);
        }

        return stages;
    }

    /// <summary>What COPY takes, flags left out; the last word is where to.</summary>
    public static IReadOnlyList<string> Words(this Instruction instruction) =>
        [.. instruction.Rest.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => !word.StartsWith("--", StringComparison.Ordinal))];
}

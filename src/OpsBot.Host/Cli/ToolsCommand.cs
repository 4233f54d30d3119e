using System.CommandLine;
using OpsBot.Agent.Tools;
using OpsBot.Agent.Tools.Search;

namespace OpsBot.Host.Cli;

internal static class ToolsCommand
{
    public static Command Create() => new(
        "tools", "Find tools of a catalog for a need, and see what a model is told of it.\n\nExample: opsbot tools find --catalog catalog.json --queries needs.jsonl --json")
    {
        Find(), Footprint(),
    };

    private static Option<string> Catalog() => new("--catalog")
    {
        Description = "A file with a JSON array of tools: {\"server\",\"name\",\"description\",\"inputSchema\"}.",
        Required = true,
    };

    private static Command Find()
    {
        var catalog = Catalog();
        var queries = new Option<string>("--queries") { Description = "A file with one JSON object a line: {\"id\",\"need\"}.", Required = true };
        var json = CommonOptions.Json();
        var command = new Command("find", "Answer each need of a file with a ranking of tools, one JSON object a line.") { catalog, queries, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var index = new ToolIndex(Read(parsed.GetRequiredValue(catalog)));
            var file = parsed.GetRequiredValue(queries);
            using var lines = new StreamReader(Open(file));
            try
            {
                await foreach (var answer in ToolQueryFile.AnswerAsync(index, lines, cancellationToken))
                {
                    Console.WriteLine(answer);
                }
            }
            catch (FormatException unusable)
            {
                throw new UnusableInputException($"{file}: {unusable.Message}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Footprint()
    {
        var catalog = Catalog();
        var command = new Command("footprint", "Print what a model's prompt would hold for a catalog, and nothing else.") { catalog };
        command.SetAction(parsed =>
        {
            Console.WriteLine(ToolPrompt.Of(Read(parsed.GetRequiredValue(catalog))));
            return ExitCode.Done;
        });
        return command;
    }

    private static IReadOnlyList<ToolDescription> Read(string file)
    {
        using var content = Open(file);
        try
        {
            return ToolCatalogFile.Read(content);
        }
        catch (FormatException unusable)
        {
            throw new UnusableInputException($"{file}: {unusable.Message}");
        }
    }

    private static FileStream Open(string file)
    {
        try
        {
            return File.OpenRead(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"'{file}' cannot be read: {failure.Message}");
        }
    }
}

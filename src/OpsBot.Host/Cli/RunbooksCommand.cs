using System.CommandLine;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.Knowledge;

namespace OpsBot.Host.Cli;

internal static class RunbooksCommand
{
    public static Command Create() => new(
        "runbooks", "List the runbooks, or find the one for an alert.\n\nExample: opsbot runbooks find --dir runbooks --queries alerts.jsonl --json")
    {
        List(), Find(),
    };

    private static Command List()
    {
        var (config, json) = (CommonOptions.Config(), CommonOptions.Json());
        var command = new Command("list", "List the runbooks of the configured folders, and files that cannot be used.") { config, json };
        command.SetAction(parsed =>
        {
            using var services = Services(parsed.LoadConfiguration(config), folder: null);
            var library = services.GetRequiredService<RunbookLibrary>();
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(library.Runbooks.Select(runbook => new { runbook.Path, runbook.Title }));
                return ExitCode.Done;
            }

            foreach (var runbook in library.Runbooks)
            {
                Console.WriteLine($"{runbook.Path}  {runbook.Title}");
            }

            foreach (var problem in library.Problems)
            {
                Console.Error.WriteLine($"not used: {problem.Path}{(problem.Line is { } line ? $":{line}" : "")}: {problem.Reason}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Find()
    {
        var dir = new Option<string?>("--dir") { Description = "Folder of runbooks; default the configured ones." };
        var queries = new Option<string>("--queries") { Description = "A file with one JSON object a line: {\"id\",\"alert\":{\"name\",\"summary\",…}}.", Required = true };
        var (config, json) = (CommonOptions.Config(), CommonOptions.Json());
        var command = new Command("find", "Answer each alert of a file with a ranking of runbooks, one JSON object a line.") { dir, queries, config, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = parsed.GetRequiredValue(queries);
            if (!File.Exists(file))
            {
                throw new UnusableInputException($"There is no file '{file}'.");
            }

            await using var services = Services(parsed.LoadConfiguration(config), parsed.GetValue(dir));
            using var lines = new StreamReader(file);
            try
            {
                await foreach (var answer in RunbookQueryFile.AnswerAsync(services.GetRequiredService<IRunbookFinder>(), lines, cancellationToken))
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

    private static ServiceProvider Services(LoadedConfiguration configuration, string? folder)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddOpsBotConsole(quiet: true));
        services.AddSections(configuration).AddKnowledge().AddShippedRunbooks();
        if (folder is not null)
        {
            services.PostConfigure<RunbookOptions>(options => options.Folders = [folder]);
        }

        return services.BuildServiceProvider();
    }
}

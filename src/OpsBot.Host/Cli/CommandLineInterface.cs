using System.CommandLine;

namespace OpsBot.Host.Cli;

/// <summary>The verbs. Exit status: 0 done, 1 failed, 2 unusable input.</summary>
internal static class CommandLineInterface
{
    // System.CommandLine ends the process 2 s after a signal unless told otherwise, in the middle of giving work back: longer than a stop of the host takes.
    internal static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand(
            "OpsBot listens to alerts, deploys and training jobs, investigates with read-only tools and keeps one thread per incident.\n\n"
            + "Examples:\n"
            + "  opsbot demo                                        see it work\n"
            + "  opsbot serve --config opsbot.yaml                  run it\n"
            + "  opsbot diagnose ./incident --json                  diagnose an incident bundle\n"
            + "  opsbot send alert.json --as alertmanager           play a sender\n"
            + "  opsbot incidents show INC-12                       read a thread in the terminal")
        {
            DemoCommand.Create(),
            ServeCommand.Create(),
            DiagnoseCommand.Create(),
            ReplayCommand.Create(),
            SendCommand.Create(),
            IncidentsCommand.Create(),
            IncidentRequestCommands.Acknowledge(),
            IncidentRequestCommands.Resolve(),
            ApproveCommand.Create(),
            ChatCommands.Create(),
            WatchCommands.Create(),
            ActionsCommand.Create(),
            GatesCommand.Create(),
            AuditCommand.Create(),
            MessagesCommand.Create(),
            StoreCommand.Create(),
            BusCommand.Create(),
            RunbooksCommand.Create(),
            ToolsCommand.Create(),
            ContractsCommand.Create(),
            MemoryCommand.Create(),
            PeopleCommand.Create(),
            ConfigCommand.Create(),
            DoctorCommand.Create(),
            HealthcheckCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            await Console.Error.WriteLineAsync("Try 'opsbot --help', or '--help' behind a verb.");
            return ExitCode.Unusable;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopLimit });
        }
        catch (Exception failure) when (ExitCode.Of(failure) is { } code)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return code;
        }
    }
}

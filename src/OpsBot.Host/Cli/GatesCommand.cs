using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpsBot.Actions.Gates;
using OpsBot.Contracts;
using OpsBot.Contracts.Actions;
using OpsBot.Host.Serving;

namespace OpsBot.Host.Cli;

internal static class GatesCommand
{
    private const int MaxQuestion = 1024 * 1024;

    public static Command Create() => new(
        "gates",
        "Pin the gates, compare them with their lock, ask one by hand.\n\nExamples: opsbot gates pin · opsbot gates check · opsbot gates run expression-quiet.py --question question.json")
    {
        Pin(), Check(), List(), Run(),
    };

    private static Command Pin()
    {
        var config = CommonOptions.Config();
        var command = new Command("pin", "Write the lock file: what every gate in the folder is now. Read what changed, then commit it.") { config };
        command.SetAction(async parsed =>
        {
            await using var services = Services(parsed, config);
            var before = services.GetRequiredService<GatePinning>().Pin();
            foreach (var gate in before.Where(gate => gate.State != GateState.Pinned))
            {
                Console.WriteLine(Change(gate));
            }

            var pinned = before.Count(gate => gate.Now is not null);
            await Console.Error.WriteLineAsync(
                $"{pinned} {(pinned == 1 ? "gate" : "gates")} pinned in {services.GetRequiredService<GateFiles>().Lock}" + (before.All(gate => gate.State == GateState.Pinned) ? "; nothing changed" : ""));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Check()
    {
        var (config, json) = (CommonOptions.Config(), CommonOptions.Json());
        var command = new Command("check", "Compare the gates with their lock. Runs none, changes nothing.") { config, json };
        command.SetAction(async parsed =>
        {
            await using var services = Services(parsed, config);
            var gates = services.GetRequiredService<GatePinning>().Compare();
            var wrong = gates.Where(gate => gate.State != GateState.Pinned).ToList();
            Show(parsed.GetValue(json), wrong);
            await Console.Error.WriteLineAsync(wrong.Count == 0 ? $"{gates.Count} gates are what was pinned" : $"{wrong.Count} of {gates.Count} gates are not what was pinned");
            return wrong.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static Command List()
    {
        var (config, json) = (CommonOptions.Config(), CommonOptions.Json());
        var command = new Command("list", "List the gates and how each stands to its pin.") { config, json };
        command.SetAction(async parsed =>
        {
            await using var services = Services(parsed, config);
            Show(parsed.GetValue(json), services.GetRequiredService<GatePinning>().Compare());
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Run()
    {
        var name = new Argument<string>("gate") { Description = "Name of the gate." };
        var question = new Option<FileInfo>("--question") { Description = "JSON object for its standard input.", Required = true };
        var point = new Option<GatePoint>("--point") { Description = "When it is asked. Default BeforeClose.", DefaultValueFactory = _ => GatePoint.BeforeClose };
        var (config, json) = (CommonOptions.Config(), CommonOptions.Json());
        var command = new Command("run", "Ask one gate, exactly as OpsBot would. Exit status 0 passed, 1 denied.") { name, question, point, config, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = Read(parsed.GetRequiredValue(question));
            await using var services = Services(parsed, config);
            var verdict = (await services.GetRequiredService<IGateKeeper>().AskAsync(
                parsed.GetValue(point), [parsed.GetRequiredValue(name)], asked, cancellationToken))[0];
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(verdict);
            }
            else
            {
                Console.WriteLine($"{(verdict.Passed ? "passed" : "denied")}: {verdict.Reason}");
            }

            return verdict.Passed ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static JsonObject Read(FileInfo file)
    {
        if (!file.Exists || file.Length > MaxQuestion)
        {
            throw new UnusableInputException($"'{file}' is not a file of at most {MaxQuestion} bytes; write the question there as a JSON object.");
        }

        try
        {
            return JsonNode.Parse(File.ReadAllText(file.FullName)) as JsonObject ?? throw new JsonException("it is no object");
        }
        catch (JsonException e)
        {
            throw new UnusableInputException($"'{file}' is not a JSON object: {e.Message}");
        }
    }

    /// <summary>Works without a store and whoever may write: whoever pins gates is just not the account that OpsBot runs as.</summary>
    private static ServiceProvider Services(ParseResult parsed, Option<string?> config) => new ServiceCollection()
        .AddLogging(logging => logging.AddOpsBotConsole(quiet: true))
        .AddOpsBot(parsed.LoadConfiguration(config), new ServeSettings(ServeSettings.DefaultDataFolder))
        .BuildServiceProvider();

    private static void Show(bool json, IReadOnlyList<GateStatus> gates)
    {
        if (json)
        {
            CommonOptions.WriteJson(gates);
            return;
        }

        foreach (var gate in gates)
        {
            Console.WriteLine($"{Word(gate.State),-20} {gate.Name}  {gate.Reason ?? Short(gate.Now ?? gate.Pin)}");
        }
    }

    private static string Change(GateStatus gate) => gate.State switch
    {
        GateState.NotPinned => $"+ {gate.Name}  {Short(gate.Now)}",
        GateState.Missing => $"- {gate.Name}  {Short(gate.Pin)}",
        GateState.InterpreterChanged => $"~ {gate.Name}  interpreter {gate.Pin!.Interpreter} {gate.Pin.InterpreterSha256[..12]} → {gate.Now!.Interpreter} {gate.Now.InterpreterSha256[..12]}",
        _ => $"~ {gate.Name}  {gate.Pin!.Sha256[..12]} → {gate.Now!.Sha256[..12]}",
    };

    private static string Word(GateState state) => JsonSerializer.Serialize(state, OpsBotJson.Options).Trim('"').Replace('-', ' ');

    private static string Short(GatePin? pin) => pin is null ? "" : $"{pin.Sha256[..Math.Min(12, pin.Sha256.Length)]}  {pin.Interpreter}";
}

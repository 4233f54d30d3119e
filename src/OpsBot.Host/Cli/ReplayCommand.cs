using System.CommandLine;
using OpsBot.Evidence.Bundle;
using OpsBot.Host.Rehearsal;

namespace OpsBot.Host.Cli;

internal static class ReplayCommand
{
    public static Command Create()
    {
        var bundle = new Argument<string>("bundle") { Description = "Folder of the incident bundle (it holds incident.json)." };
        var speed = new Option<double>("--speed")
        {
            Description = "1 for real speed, 60 for a minute a second, 0 for at once. Default 0.",
        };
        var stay = new Option<bool>("--stay") { Description = "Keep the console up afterwards." };
        var command = new Command(
            "replay", "Feed a recorded incident through the whole program: its changes and its alert as events, its data as evidence.\n\nExample: opsbot replay ./incident --speed 60")
        {
            bundle, speed, stay,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var pace = parsed.GetValue(speed);
            if (pace < 0 || !double.IsFinite(pace))
            {
                throw new UnusableInputException($"--speed {pace} is not a speed; write 1 for real time, 60 for a minute a second, 0 for at once.");
            }

            var path = parsed.GetRequiredValue(bundle);
            var opened = IncidentBundle.Open(path);
            var script = await BundleScript.MakeAsync(opened, Path.GetFullPath(path), pace, cancellationToken);
            return await RehearsalStage.RunAsync(script, once: !parsed.GetValue(stay), TimeProvider.System, cancellationToken);
        });
        return command;
    }
}

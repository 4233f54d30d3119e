using System.CommandLine;
using OpsBot.Host.Replays;

namespace OpsBot.Host.Cli;

/// <summary>Judges a recorded run.</summary>
internal static class WatchCommand
{
    public static Command Replay()
    {
        var folder = new Argument<string>("case") { Description = "Folder with curve.csv and watch.json, or with log.txt (and, where a target is known, watch.json)." };
        var json = CommonOptions.Json();
        var command = new Command(
            "replay",
            "Judge a recorded training run as if it came in now: what goes wrong, and whether it will reach its target.\n\nExample: opsbot watch replay ./run --json")
        {
            folder, json,
        };
        command.SetAction(parsed =>
        {
            var recorded = RecordedRun.Open(parsed.GetRequiredValue(folder));
            if (parsed.GetValue(json))
            {
                using var output = new StreamWriter(Console.OpenStandardOutput());
                JudgementLines.Write(recorded, output);
            }
            else
            {
                RunReport.Write(recorded, Console.Out);
            }

            return ExitCode.Done;
        });
        return command;
    }
}

using System.CommandLine;
using System.Globalization;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Diagnosis;
using OpsBot.Evidence.Bundle;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.Knowledge;
using OpsBot.Runtime;

namespace OpsBot.Host.Cli;

internal static class DiagnoseCommand
{
    public static Command Create()
    {
        var bundle = new Argument<string>("bundle") { Description = "Folder of the incident bundle (it holds incident.json)." };
        var (config, json) = (CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "diagnose",
            "Rank the causes of a recorded incident, citing evidence, or abstain.\n\nExample: opsbot diagnose deploy/samples/checkout-deploy/bundle --json")
        {
            bundle, config, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var opened = IncidentBundle.Open(parsed.GetRequiredValue(bundle));
            var services = new ServiceCollection();
            services.AddLogging(logging => logging.AddOpsBotConsole(quiet: true));
            services.AddSections(parsed.LoadConfiguration(config));
            services.AddRuntime().AddKnowledge().AddShippedRunbooks().AddDiagnosis();
            await using var provider = services.BuildServiceProvider();
            var report = await provider.GetRequiredService<IDiagnostician>()
                .DiagnoseAsync(opened.Incident, opened.Window, opened.Baseline, opened.Sources, cancellationToken);
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(report);
            }
            else
            {
                Write(report);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(DiagnosisReport report)
    {
        Console.WriteLine(Shown(report.SummaryWithoutRunbook()));
        foreach (var cause in report.Causes)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"\n{cause.Rank}. {cause.Confidence * 100:0} %  {Shown(cause.Statement)}  [{string.Join(", ", cause.Evidence)}]"));
        }

        if (report.Runbook is { } runbook)
        {
            Console.WriteLine($"\nRunbook: {Shown(runbook.Title)} ({Shown(runbook.Path)})\n  First: {Shown(runbook.FirstStep)}");
        }

        Console.WriteLine(report.Abstained ? "\nLooked at:" : "\nEvidence:");
        foreach (var line in report.Abstained ? report.LookedAt : report.Evidence.Select(item => $"{item.Id} {item.Source}: {item.Query}: {item.Excerpt}"))
        {
            Console.WriteLine($"  {Shown(line).Replace("\n", "\n    ", StringComparison.Ordinal)}");
        }

        foreach (var problem in report.NotAvailable)
        {
            Console.WriteLine($"  not available{(problem.Partial ? " in full" : "")}: {Shown(problem.Source)}: {Shown(problem.Reason)}");
        }
    }

    /// <summary>Text from outside as a terminal may have it: no control characters, bounded.</summary>
    private static string Shown(string text) => PlainText.Block(text, 4000).Value;
}

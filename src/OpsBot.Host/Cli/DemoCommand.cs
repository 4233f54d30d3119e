using System.CommandLine;
using System.Text.RegularExpressions;
using OpsBot.Evidence.Bundle;
using OpsBot.Host.Demo;
using OpsBot.Host.Rehearsal;
using OpsBot.Host.Serving;
using OpsBot.Runtime;
using OpsBot.Runtime.Processes;

namespace OpsBot.Host.Cli;

internal static partial class DemoCommand
{
    private const string Default = "checkout-deploy";

    public static Command Create()
    {
        var sample = new Option<string>("--sample")
        {
            Description = $"Name of a sample that ships, or a folder with sample.json. Default: {Default}.",
            DefaultValueFactory = _ => Default,
        };
        var once = new Option<bool>("--once") { Description = "End by itself when an action is proposed; with --approve-as when everything is over." };
        var approveAs = new Option<string?>("--approve-as")
        {
            Description = "Approve the proposal as this person and go through to the end. Exit status 0 only where it ended as it should.",
        };
        var breaks = new Option<bool>("--break") { Description = "Have the rollback make things worse: see it undone." };
        var command = new Command(
            "demo",
            "Play a sample incident through the whole program: the thread as it grows, a proposal, your approval, the rollback of a toy deployment, the gate that lets "
            + "the incident close. Needs nothing else.\n\nExamples: opsbot demo · opsbot demo --once · opsbot demo --once --approve-as ada · opsbot demo --break")
        {
            sample, once, approveAs, breaks,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var played = Load(parsed.GetRequiredValue(sample));
            var approver = parsed.GetValue(approveAs);
            if (!played.HasToy && (approver is not null || parsed.GetValue(breaks)))
            {
                throw new UnusableInputException($"'{parsed.GetValue(sample)}' has no deployment to act on; --approve-as and --break go with {Default}.");
            }

            if (approver is not null && !PersonName().IsMatch(approver))
            {
                throw new UnusableInputException($"--approve-as '{approver}' is no id of a person; write lower-case letters, digits, '-', '_' and '.', beginning with a letter.");
            }

            var folder = Directory.CreateTempSubdirectory("opsbot-sample-");
            try
            {
                return await PlayAsync(played, folder.FullName, parsed.GetValue(once), approver, parsed.GetValue(breaks), cancellationToken);
            }
            catch (Exception unusable) when (unusable is InvalidDataException or UnreadableBundleException)
            {
                throw new UnusableInputException($"The sample cannot be played: {unusable.Message}");
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
        return command;
    }

    private static async Task<int> PlayAsync(
        SampleIncident played, string folder, bool once, string? approver, bool breaks, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var start = clock.GetUtcNow();
        var bundle = Path.Combine(folder, "bundle");
        played.CopyBundle(bundle, start);
        // Changes reach OpsBot as events, as they do in life; the recording must not tell twice.
        File.Delete(Path.Combine(bundle, "changes.json"));
        var script = new RehearsalScript(
            played.Title, bundle, await BundleScript.CallsAsync(IncidentBundle.Open(bundle), cancellationToken), Waits(played.Deliveries(start)));
        if (!played.HasToy)
        {
            return await RehearsalStage.RunAsync(script, once, clock, cancellationToken);
        }

        await using var runtime = new ServiceCollection().AddLogging().AddSingleton(clock).AddRuntime().BuildServiceProvider();
        var who = DemoPerson.Named(approver ?? DemoPerson.DefaultId);
        await using var toy = await ToyDeployment.StartAsync(Path.Combine(folder, "toy"), breaks, runtime.GetRequiredService<IProcessRunner>(), cancellationToken);
        return await RehearsalStage.RunAsync(
            script with
            {
                Configuration = $"{who.Configuration}\n{toy.Configuration}",
                Finale = new DemoFinale(toy, who, approver is not null, breaks, () => Waits(played.Resolution(start, clock.GetUtcNow()))),
            },
            once, clock, cancellationToken);
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9._-]{0,49}\z", RegexOptions.None, 1000)]
    private static partial Regex PersonName();

    private static SampleIncident Load(string sample)
    {
        var folder = Directory.Exists(sample) ? sample : Path.Combine(ShippedFiles.Samples, sample);
        try
        {
            return SampleIncident.Load(folder);
        }
        catch (InvalidDataException unusable)
        {
            throw new UnusableInputException(
                $"'{sample}' is no sample: {unusable.Message}. Those that ship: {string.Join(", ", Directory.GetDirectories(ShippedFiles.Samples).Where(shipped => File.Exists(Path.Combine(shipped, "sample.json"))).Select(Path.GetFileName).Order(StringComparer.Ordinal))}.");
        }
    }

    private static List<RehearsalDelivery> Waits(IReadOnlyList<SampleDelivery> deliveries) =>
    [
        .. deliveries.Select((delivery, index) => new RehearsalDelivery(
            index == 0 ? delivery.After : delivery.After - deliveries[index - 1].After, delivery.Source, delivery.Event, delivery.Body)),
    ];
}

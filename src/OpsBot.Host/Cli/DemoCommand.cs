using System.CommandLine;
using OpsBot.Evidence.Bundle;
using OpsBot.Host.Demo;
using OpsBot.Host.Rehearsal;
using OpsBot.Host.Serving;

namespace OpsBot.Host.Cli;

internal static class DemoCommand
{
    private const string Default = "checkout-deploy";

    public static Command Create()
    {
        var sample = new Option<string>("--sample")
        {
            Description = $"Name of a sample that ships, or a folder with sample.json. Default: {Default}.",
            DefaultValueFactory = _ => Default,
        };
        var once = new Option<bool>("--once") { Description = "End by itself when the incident has been diagnosed." };
        var command = new Command(
            "demo", "Play a sample incident through the whole program and print the thread as it grows. Needs nothing else.\n\nExample: opsbot demo --once")
        {
            sample, once,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var clock = TimeProvider.System;
            var played = Load(parsed.GetRequiredValue(sample));
            var start = clock.GetUtcNow();
            var bundle = Directory.CreateTempSubdirectory("opsbot-sample-");
            try
            {
                played.CopyBundle(bundle.FullName, start);
                // Changes reach OpsBot as events, as they do in life; the recording must not tell twice.
                File.Delete(Path.Combine(bundle.FullName, "changes.json"));
                var script = new RehearsalScript(
                    played.Title, bundle.FullName, await BundleScript.CallsAsync(IncidentBundle.Open(bundle.FullName), cancellationToken), Waits(played.Deliveries(start)));
                return await RehearsalStage.RunAsync(script, parsed.GetValue(once), clock, cancellationToken);
            }
            catch (Exception unusable) when (unusable is InvalidDataException or UnreadableBundleException)
            {
                throw new UnusableInputException($"The sample cannot be played: {unusable.Message}");
            }
            finally
            {
                bundle.Delete(recursive: true);
            }
        });
        return command;
    }

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
                $"'{sample}' is no sample: {unusable.Message}. Those that ship: {string.Join(", ", Directory.GetDirectories(ShippedFiles.Samples).Select(Path.GetFileName).Order(StringComparer.Ordinal))}.");
        }
    }

    private static List<RehearsalDelivery> Waits(IReadOnlyList<SampleDelivery> deliveries) =>
    [
        .. deliveries.Select((delivery, index) => new RehearsalDelivery(
            index == 0 ? delivery.After : delivery.After - deliveries[index - 1].After, delivery.Source, delivery.Event, delivery.Body)),
    ];
}

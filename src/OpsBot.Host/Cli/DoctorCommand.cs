using System.CommandLine;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using OpsBot.Chat.Slack;
using OpsBot.Chat.Teams;
using OpsBot.Contracts.Ports;
using OpsBot.Evidence;
using OpsBot.Host.Bus;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.Ingress;
using OpsBot.Knowledge;
using OpsBot.Runtime.Redaction;
using RabbitMQ.Client.Exceptions;

namespace OpsBot.Host.Cli;

internal static class DoctorCommand
{
    public static Command Create()
    {
        var (config, data, json) = (CommonOptions.Config(), CommonOptions.Data(), CommonOptions.Json());
        var command = new Command(
            "doctor", "Look whether everything OpsBot needs is there, and say what to do where it is not.\n\nExample: opsbot doctor --config deploy/opsbot.yaml")
        {
            config, data, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = parsed.GetValue(data) ?? ServeSettings.DefaultDataFolder;
            var findings = await ExamineAsync(parsed.LoadConfiguration(config), folder, cancellationToken);
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(findings);
            }
            else
            {
                findings.ForEach(finding => Console.WriteLine($"{(finding.Ok ? "ok  " : "BAD ")} {finding.What}: {finding.Text}"));
            }

            return findings.TrueForAll(finding => finding.Ok) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<List<Finding>> ExamineAsync(LoadedConfiguration loaded, string folder, CancellationToken cancellationToken)
    {
        // First of all: whatever keeps something there would fail on its own, and say less.
        if (Folder(folder) is { Ok: false } unusable)
        {
            return [unusable];
        }

        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddOpsBotConsole(quiet: true));
        services.AddOpsBot(loaded, new ServeSettings(folder));
        await using var provider = services.BuildServiceProvider();
        var problems = ConfigurationCheck.Run(loaded, services.Sections(), provider);
        var findings = new List<Finding>
        {
            new("program", true, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}"),
            new("configuration", problems.Count == 0, problems.Count == 0
                ? loaded.File ?? "built-in defaults"
                : $"{string.Join("; ", problems.Take(3))}; 'opsbot config check' says more"),
            Folder(folder),
        };
        if (problems.Count > 0)
        {
            return findings;
        }

        findings.Add(await MessagesAsync(provider, CommonOptions.HasStore(loaded, folder), cancellationToken));
        if (provider.GetRequiredService<IOptions<BusOptions>>().Value is { RabbitMq.Length: > 0 } bus)
        {
            findings.Add(await BrokerAsync(new BrokerDesk(bus, provider.GetRequiredService<IRedactor>()), bus, cancellationToken));
        }

        if (provider.GetService<TeamsCheck>() is { } teams)
        {
            findings.AddRange((await teams.ExamineAsync(cancellationToken)).Select(found => new Finding(found.What, found.Ok, found.Text)));
        }

        var senders = provider.GetRequiredService<IOptions<SendersOptions>>().Value;
        findings.Add(new Finding("senders", true, Senders(senders) is { Length: > 0 } names ? names : "none configured: nothing will come in"));
        if (provider.GetService<SlackDoctor>() is { } slack)
        {
            var (ok, text) = await slack.ExamineAsync(cancellationToken);
            findings.Add(new Finding("slack", ok, text));
        }

        var library = provider.GetRequiredService<RunbookLibrary>();
        findings.Add(new Finding("runbooks", library.Problems.Count == 0, $"{library.Runbooks.Count} read" +
            (library.Problems is [var first, ..] ? $"; {library.Problems.Count} not used, first {first.Path}: {first.Reason}" : "")));
        var now = provider.GetRequiredService<TimeProvider>().GetUtcNow();
        var request = new EvidenceRequest(
            new IncidentFacts("doctor", "doctor", now, "doctor", null, null, "doctor", new Dictionary<string, string>()),
            new Contracts.TimeWindow(now - TimeSpan.FromMinutes(5), now), null,
            EvidenceBounds.Default with { Deadline = TimeSpan.FromSeconds(5), MaxBytes = 1 << 20 });
        foreach (var source in provider.GetServices<IEvidenceSource>().SelectMany(source => source is ConfiguredSources configured ? configured.All : [source]))
        {
            findings.Add(await SourceAsync(source, request, cancellationToken));
        }

        return findings;
    }

    private static async Task<Finding> BrokerAsync(BrokerDesk desk, BusOptions bus, CancellationToken cancellationToken)
    {
        try
        {
            var queues = await desk.QueuesAsync(cancellationToken);
            var dead = queues.FirstOrDefault(queue => queue.Name == EventExchange.DeadNameOf(bus))?.Messages ?? 0;
            return dead > 0
                ? new Finding("broker", false, $"{dead} messages of {EventExchange.NameOf(bus)} are no events; 'opsbot bus dead' shows them")
                : new Finding("broker", true, $"answers, {queues.Count} queues, {queues.Sum(queue => queue.Messages)} messages waiting");
        }
        catch (BrokerUnreachableException away)
        {
            return new Finding("broker", false, $"does not answer: {(away.InnerException ?? away).Message}");
        }
    }

    private static async Task<Finding> SourceAsync(IEvidenceSource source, EvidenceRequest request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(request.Bounds.Deadline * 2);
        try
        {
            if (await source.ProblemAsync(limit.Token) is { } silent)
            {
                return new Finding(source.Name, false, silent);
            }

            var problems = (await source.CollectAsync(request, limit.Token)).Problems.Select(problem => problem.Reason).Distinct().ToList();
            return problems.Count == 0 ? new Finding(source.Name, true, "answers") : new Finding(source.Name, false, string.Join("; ", problems.Take(5)));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Finding(source.Name, false, $"no answer within {request.Bounds.Deadline * 2}");
        }
    }

    /// <summary>What the store holds that waits for a person. A store that is not there yet is no fault.</summary>
    private static async Task<Finding> MessagesAsync(IServiceProvider provider, bool hasStore, CancellationToken cancellationToken)
    {
        if (!hasStore)
        {
            return new Finding("messages", true, "no store here yet; 'opsbot serve' makes it");
        }

        try
        {
            var counts = await provider.GetRequiredService<IMessageReader>().CountAsync(cancellationToken);
            var dead = counts.Dead == 0 ? "" : $"{counts.Dead} dead: 'opsbot messages dead' says why, 'opsbot messages retry ID' brings one back";
            var quarantined = counts.Quarantined == 0 ? "" : $"{counts.Quarantined} quarantined: 'opsbot messages quarantined' says which field was wrong";
            var told = string.Join("; ", new[] { dead, quarantined }.Where(text => text.Length > 0));
            return new Finding("messages", counts.Dead == 0, told.Length > 0 ? told : $"{counts.Waiting} waiting, none dead");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return new Finding("messages", false, failure.Message);
        }
    }

    private static string Senders(SendersOptions senders) => string.Join(", ", new (string Name, SenderOptions? Options)[]
    {
        ("pagerduty", senders.PagerDuty), ("alertmanager", senders.Alertmanager), ("grafana", senders.Grafana),
        ("github", senders.GitHub), ("cloudevents", senders.CloudEvents), ("slurm", senders.Slurm), ("kubeflow", senders.Kubeflow),
        ("mlflow", senders.Mlflow), ("wandb", senders.Wandb), ("sagemaker", senders.SageMaker),
    }.Concat(senders.Mapped.Select(sender => (Name: sender.Key, Options: (SenderOptions?)sender.Value))).Where(sender => sender.Options is not null).Select(sender => sender.Name + (sender.Options!.Insecure ? " (insecure)" : "")));

    private static Finding Folder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".doctor-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace >> 20;
            return new Finding("data folder", free > 100, $"{folder}, {free} MiB free" + (free > 100 ? "" : "; make room, the store needs some"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Finding("data folder", false, $"{folder} cannot be written ({failure.Message}); name another with --data or {ServeSettings.DataVariable}");
        }
    }

    private sealed record Finding(string What, bool Ok, string Text);
}

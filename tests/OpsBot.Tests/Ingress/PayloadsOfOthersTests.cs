using System.Globalization;
using System.Text.Json;
using OpsBot.Contracts;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;

namespace OpsBot.Tests.Ingress;

/// <summary>Bodies that nobody here wrote must give the facts that a table states, cell by cell. The folder is not in this repository.</summary>
public sealed class PayloadsOfOthersTests
{
    private static readonly Dictionary<string, ChangeStatus> OtherWords = new() { ["published"] = ChangeStatus.Succeeded, ["Completed"] = ChangeStatus.Succeeded };

    [Theory]
    [InlineData("alertmanager", 4)]
    [InlineData("cloudevents", 6)]
    [InlineData("github", 25)]
    [InlineData("grafana", 1)]
    [InlineData("pagerduty", 4)]
    [InlineData("pagerduty-events", 3)]
    [InlineData("datadog", 2)]
    [InlineData("newrelic", 2)]
    [InlineData("azure-monitor", 1)]
    [InlineData("opsgenie", 1)]
    [InlineData("zenduty", 1)]
    [InlineData("slurm", 5)]
    [InlineData("kubeflow", 1)]
    [InlineData("mlflow", 4)]
    [InlineData("wandb", 2)]
    [InlineData("sagemaker", 6)]
    public void Every_payload_gives_the_facts_of_the_table(string folder, int atLeast)
    {
        var root = PayloadFolder();
        var rows = ExpectedTable.Parse(File.ReadAllText(Path.Combine(root, "EXPECTED.md")))
            .Where(row => row.Folder == folder && (folder != "pagerduty" || row.File.StartsWith("v3.", StringComparison.Ordinal)))
            .ToList();

        rows.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        rows.SelectMany(row => Check(root, row).Select(wrong => $"{row.File}: {wrong}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_published_signature_vector_is_accepted_and_its_wrong_ones_are_refused()
    {
        var folder = Path.Combine(PayloadFolder(), "pagerduty");
        using var vector = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "v3.signed.vector.json")));
        var body = await File.ReadAllBytesAsync(Path.Combine(folder, "v3.signed.json"));
        await using var app = await IngressApp.StartAsync(
            options => options.PagerDuty = new() { Secrets = [vector.RootElement.GetProperty("secret").GetString()!] });

        foreach (var (list, status) in new[] { ("valid", 202), ("invalid", 401) })
        {
            foreach (var signature in vector.RootElement.GetProperty(list).EnumerateArray())
            {
                using var answer = await app.SendAsync(
                    "pagerduty", body, new Dictionary<string, string> { ["X-PagerDuty-Signature"] = signature.GetString()! });
                ((int)answer.StatusCode).ShouldBe(status);
            }
        }

        app.Intake.Rows.ShouldBe(1);
        app.Intake.Refused["pagerduty"].ShouldBe(2);
    }

    private static string PayloadFolder()
    {
        var root = Environment.GetEnvironmentVariable("OPSBOT_CASES");
        if (string.IsNullOrEmpty(root))
            Assert.Skip("OPSBOT_CASES is not set: payloads that others wrote are not in this repository");
        return Path.Combine(root, "payloads");
    }

    private static IEnumerable<string> Check(string root, ExpectedRow row)
    {
        var path = Path.Combine(root, row.Folder, row.File);
        var deliveries = Reader.Read(row.Folder, File.ReadAllBytes(path), Headers(path));
        return row.Kind switch
        {
            "alert" => CheckAlerts(row, deliveries.ShouldHaveSingleItem()),
            "deploy" => CheckChange(row, deliveries.ShouldHaveSingleItem()),
            "training" when row.Folder == "slurm" => CheckSlurm(row, deliveries),
            "training" => CheckJob(row, deliveries.ShouldHaveSingleItem()),
            _ => CheckNothing(row, deliveries),
        };
    }

    private static Dictionary<string, string> Headers(string path)
    {
        var file = Path.ChangeExtension(path, ".headers.json");
        return File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file))! : [];
    }

    private static IEnumerable<string> CheckNothing(ExpectedRow row, IReadOnlyList<ReadDelivery> deliveries)
    {
        foreach (var delivery in deliveries.Where(delivery => delivery.Outcome is not Normalised.Nothing))
            yield return $"gives {delivery.Outcome}";
        if (row.Folder != "cloudevents")
            yield break;
        foreach (var identity in row.Identities.Where(identity => deliveries.Single().DeliveryKey != identity))
            yield return $"delivery {deliveries.Single().DeliveryKey}, not {identity}";
        foreach (var (name, value) in row.Facts)
        {
            if (name == "count" && deliveries.Count.ToString(CultureInfo.InvariantCulture) != value)
                yield return $"{deliveries.Count} events, not {value}";
            if (name == "ids" && !deliveries.Select(delivery => delivery.DeliveryKey.Split('#')[1]).SequenceEqual(ExpectedRow.List(value)))
                yield return $"not the ids {value}";
        }
    }

    private static IEnumerable<string> CheckAlerts(ExpectedRow row, ReadDelivery delivery)
    {
        if (delivery.Outcome is not Normalised.Events)
            return [$"gives {delivery.Outcome}"];
        var alerts = Reader.Records<AlertReported>(delivery.Outcome);
        var first = alerts[0];
        return new Cells()
            .Same("event", row.Event.Length == 0 ? "" : first.Event, row.Event)
            .Same("status", first.Status.ToString().ToLowerInvariant(), row.Status)
            .Same("service", first.Service, row.Service)
            .Same("severity", first.Severity, row.Severity)
            .Same("title", first.Title, row.Title)
            .Same("time", Time(first.OccurredAt ?? first.StartedAt), row.Time)
            .Among("identity", row.Identities, [.. alerts.Select(alert => alert.IncidentKey)])
            .Among("links", row.LinkList, [.. alerts.SelectMany(alert => alert.Links)])
            .Facts(row.Facts, name => name switch
            {
                "groupKey" => first.GroupKey,
                "startedAt" => Time(first.StartedAt),
                "environment" => first.Environment,
                _ => first.Facts.GetValueOrDefault(name),
            })
            .Wrong;
    }

    private static IEnumerable<string> CheckChange(ExpectedRow row, ReadDelivery delivery)
    {
        if (row.MayBeDropped && delivery.Outcome is Normalised.Nothing)
            return [];
        if (delivery.Outcome is not Normalised.Events)
            return [$"gives {delivery.Outcome}"];
        var change = Reader.Records<DeployReported>(delivery.Outcome).Single();
        var status = row.Status.Length == 0 ? ChangeStatus.Unknown : OtherWords.TryGetValue(row.Status, out var other) ? other : Enum.Parse<ChangeStatus>(row.Status, ignoreCase: true);
        return new Cells()
            .Same("event", change.Event, row.Event)
            .Same("status", change.Status.ToString(), status.ToString())
            .Same("service", change.Service, row.Service)
            .Same("title", change.Title, row.Title)
            .Same("time", Time(change.OccurredAt), row.Time)
            .Same("identity", row.Identity.Length == 0 || delivery.DeliveryKey == row.Identity || change.ChangeKey.EndsWith(row.Identity, StringComparison.Ordinal) ? row.Identity : change.ChangeKey, row.Identity)
            .Among("links", row.LinkList, change.Links)
            .Facts(row.Facts, name => name switch
            {
                "environment" => change.Environment,
                "version" => change.Version,
                "commit" => change.Commit,
                "branch" => change.Branch,
                "author" => change.Author,
                _ => change.Facts.GetValueOrDefault(name),
            })
            .Wrong;
    }

    private static IEnumerable<string> CheckJob(ExpectedRow row, ReadDelivery delivery)
    {
        // an unrendered template: kept, and never taken for values
        if (row.Event == "template")
            return delivery.Outcome is Normalised.Unreadable ? [] : [$"gives {delivery.Outcome}"];
        if (delivery.Outcome is not Normalised.Events)
            return [$"gives {delivery.Outcome}"];
        var job = Reader.Records<TrainingJobReported>(delivery.Outcome).Single();
        return new Cells()
            .Same("event", job.Event, row.Event)
            .Same("status", row.Status.Length == 0 ? "" : job.Status.ToString().Equals(row.Status, StringComparison.OrdinalIgnoreCase) ? row.Status : job.Facts.GetValueOrDefault("state"), row.Status)
            .Among("identity", row.Identities, [job.JobKey, delivery.DeliveryKey])
            .Same("time", Time(job.OccurredAt), row.Time)
            .Facts(row.Facts, name => name switch
            {
                "started" => Time(job.StartedAt),
                _ => job.Facts.GetValueOrDefault(name),
            })
            .Wrong;
    }

    private static IEnumerable<string> CheckSlurm(ExpectedRow row, IReadOnlyList<ReadDelivery> deliveries)
    {
        var jobs = deliveries.Select(delivery => Reader.Records<TrainingJobReported>(delivery.Outcome).Single()).ToList();
        var told = row.Facts.ToDictionary(fact => fact.Name, fact => fact.Value);
        var states = JsonSerializer.Deserialize<Dictionary<string, int>>(told["states"])!;
        var cells = new Cells()
            .Same("event", row.Event, jobs[0].Event)
            .Same("jobs", jobs.Count.ToString(CultureInfo.InvariantCulture), told["jobs"])
            .Same("slurm", jobs[0].Facts["slurmVersion"], told["slurm"])
            .Among("states", states.Select(state => $"{state.Key} {state.Value}"), [.. jobs.GroupBy(job => job.Facts["state"]).Select(group => $"{group.Key} {group.Count()}")]);
        using var first = JsonDocument.Parse(told["first"]);
        foreach (var (expected, job) in first.RootElement.EnumerateArray().Zip(jobs))
        {
            cells.Same("job", job.Facts["job"], expected.GetProperty("job").ToString())
                .Same("name", job.Name, expected.GetProperty("name").GetString()!)
                .Same("state", job.Facts["state"], string.Join('+', expected.GetProperty("state").EnumerateArray().Select(word => word.GetString())))
                .Same("reason", job.Facts["reason"], expected.GetProperty("reason").GetString()!)
                // what is not set stands as 0 in the table
                .Same("exitCode", (job.ExitCode ?? 0).ToString(CultureInfo.InvariantCulture), expected.GetProperty("exitCode").ToString())
                .Same("user", job.User, expected.GetProperty("user").GetString()!)
                .Same("nodes", job.Facts["nodes"], expected.GetProperty("nodes").GetString()!)
                .Same("ended", job.EndedAt is null ? "False" : "True", expected.GetProperty("ended").ToString())
                .Same("start", Time(job.StartedAt), expected.TryGetProperty("start", out var start) ? start.GetString()! : "")
                .Same("end", Time(job.EndedAt), expected.TryGetProperty("end", out var end) ? end.GetString()! : "");
        }

        return cells.Wrong;
    }

    private static string Time(DateTimeOffset? time) =>
        time is { } at ? OpsBotJson.Format(at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond))) : "";

    private sealed class Cells
    {
        public List<string> Wrong { get; } = [];

        public Cells Same(string cell, string? actual, string expected)
        {
            if ((actual ?? "") != expected)
                Wrong.Add($"{cell} is '{actual}', not '{expected}'");
            return this;
        }

        public Cells Among(string cell, IEnumerable<string> expected, IReadOnlyList<string> actual)
        {
            Wrong.AddRange(expected.Except(actual).Select(missing => $"{cell} lacks {missing}; has {string.Join(", ", actual)}"));
            return this;
        }

        public Cells Facts(IEnumerable<(string Name, string Value)> expected, Func<string, string?> actual)
        {
            foreach (var (name, value) in expected)
                Same(name, actual(name), value);
            return this;
        }
    }
}

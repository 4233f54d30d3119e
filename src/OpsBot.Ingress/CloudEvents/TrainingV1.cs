using System.Globalization;
using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.CloudEvents;

/// <summary>A training job of any scheduler: docs/events/opsbot.training.v1.schema.json.</summary>
internal static class TrainingV1
{
    public const string Type = "opsbot.training.v1";

    private static readonly string[] NotFinite = ["nan", "inf", "-inf", "infinity", "-infinity"];

    private static readonly Dictionary<string, TrainingJobStatus> Statuses =
        Enum.GetValues<TrainingJobStatus>().ToDictionary(status => status.ToString().ToLowerInvariant());

    public static Normalised Read(CloudEvent happened)
    {
        var data = happened.Data;
        var (metrics, notFinite) = Metrics(data["metrics"]);
        return Normalised.Of(new TrainingJobReported
        {
            Source = "cloudevents",
            Event = Type,
            JobKey = happened.Key,
            Status = CloudEvent.Word(data["status"], Statuses),
            Name = data["name"].Text(),
            User = data["user"].Text(),
            Environment = data["environment"].Text(),
            Reason = data["reason"].Text(Bounds.Summary),
            ExitCode = ExitCode(data["exitCode"]),
            Nodes = Facts.List(data["nodes"]),
            Gpus = data["gpus"].Whole() is >= 0 and <= 1_000_000 and var gpus ? (int)gpus : null,
            Metrics = metrics,
            Step = data["step"].Whole(),
            StartedAt = data["startedAt"].Time(),
            EndedAt = data["endedAt"].Time(),
            OccurredAt = happened.Time,
            Links = happened.Links,
            Facts = new Facts().AddAll(happened.Facts).AddAll(notFinite).ToDictionary(),
        });
    }

    // JSON has no NaN, so a diverged loss comes as a word; it stays a fact, because the record holds numbers only
    private static (Dictionary<string, double> Metrics, Dictionary<string, string> NotFinite) Metrics(JsonView stated)
    {
        var metrics = new Dictionary<string, double>();
        var notFinite = new Dictionary<string, string>();
        foreach (var (name, value) in stated.Members().Take(Bounds.Entries))
        {
            if (value.Text() is not { } text)
                continue;
            if (!value.IsText && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
                metrics[Bounds.Cut(name, Bounds.Name)] = number;
            else if (!value.IsText || NotFinite.Contains(text.ToLowerInvariant()))
                notFinite[$"metric.{Bounds.Cut(name, Bounds.Name)}"] = text;
            else
                throw value.Wrong("is not a number, NaN, Infinity or -Infinity");
        }

        return (metrics, notFinite);
    }

    private static int? ExitCode(JsonView stated) => stated.Whole() switch
    {
        null => null,
        >= int.MinValue and <= int.MaxValue and var code => (int)code,
        _ => throw stated.Wrong("is not an exit code"),
    };
}

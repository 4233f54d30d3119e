using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.CloudEvents;

/// <summary>A change made by any sender: docs/events/opsbot.deploy.v1.schema.json.</summary>
internal static class DeployV1
{
    public const string Type = "opsbot.deploy.v1";

    private static readonly Dictionary<string, ChangeKind> Changes =
        Enum.GetValues<ChangeKind>().ToDictionary(change => change.ToString().ToLowerInvariant());

    private static readonly Dictionary<string, ChangeStatus> Statuses =
        Enum.GetValues<ChangeStatus>().ToDictionary(status => status.ToString().ToLowerInvariant());

    public static Normalised Read(CloudEvent happened)
    {
        var data = happened.Data;
        return Normalised.Of(new DeployReported
        {
            Source = "cloudevents",
            Event = Type,
            ChangeKey = happened.Key,
            Change = data["change"].Exists ? CloudEvent.Word(data["change"], Changes) : ChangeKind.Deploy,
            Status = CloudEvent.Word(data["status"], Statuses),
            Service = data["service"].Text(),
            Environment = data["environment"].Text(),
            Title = data["title"].Text(Bounds.Title),
            Summary = data["summary"].Text(Bounds.Summary),
            Version = data["version"].Text(),
            Commit = data["commit"].Text(),
            Branch = data["branch"].Text(),
            Author = data["author"].Text(),
            Diff = data["diff"].Text(Bounds.Diff),
            Files = Facts.List(data["files"]),
            OldInstances = Facts.List(data["oldInstances"]),
            NewInstances = Facts.List(data["newInstances"]),
            Contracts = ContractList.Of(data),
            OccurredAt = happened.Time,
            Links = happened.Links,
            Facts = happened.Facts,
        });
    }
}

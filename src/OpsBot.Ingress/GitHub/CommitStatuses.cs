using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.GitHub;

/// <summary>Commit statuses, as build servers outside of Actions set them.</summary>
internal static class CommitStatuses
{
    public static DeployReported? Read(JsonView body)
    {
        var commit = body["sha"].RequiredText();
        var context = body["context"].Text() ?? "default";
        return new DeployReported
        {
            Source = "github",
            Event = "status",
            ChangeKey = Bounds.Key($"{body["repository"]["full_name"].RequiredText()}:status/{commit}/{context}"),
            Change = ChangeKind.Build,
            Status = body["state"].RequiredText() switch
            {
                "success" => ChangeStatus.Succeeded,
                "failure" or "error" => ChangeStatus.Failed,
                "pending" => ChangeStatus.Started,
                _ => ChangeStatus.Unknown,
            },
            Title = context,
            Summary = body["description"].Text(Bounds.Summary),
            Commit = commit,
            OccurredAt = body["updated_at"].Time() ?? body["created_at"].Time(),
            Links = new LinkList().Add(body["target_url"]).Add(body["commit"]["html_url"]).ToList(),
            Facts = new Facts().Add("state", body["state"]).ToDictionary(),
        };
    }
}

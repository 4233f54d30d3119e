using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.GitHub;

/// <summary>GitHub deployments: created, their statuses, and the reviews that hold them.</summary>
internal static class Deployments
{
    public static DeployReported? Created(JsonView body)
    {
        var deployment = body["deployment"];
        return Of(deployment) with
        {
            Status = ChangeStatus.Started,
            OccurredAt = deployment["created_at"].Time(),
        };
    }

    public static DeployReported? Status(JsonView body)
    {
        var status = body["deployment_status"];
        // inactive says that another deployment took over, not how this one went
        if (StatusOf(status["state"]) is not { } reached)
            return null;
        var change = Of(body["deployment"]);
        return change with
        {
            Status = reached,
            Environment = status["environment"].Text() ?? change.Environment,
            Summary = status["description"].Text(Bounds.Summary) ?? change.Summary,
            OccurredAt = status["updated_at"].Time() ?? status["created_at"].Time(),
            Links = new LinkList()
                .Add(status["target_url"]).Add(status["log_url"]).Add(status["environment_url"]).Add(body["deployment"]["url"])
                .ToList(),
            Facts = new Facts().AddAll(change.Facts).Add("state", status["state"]).ToDictionary(),
        };
    }

    public static DeployReported? Review(JsonView body)
    {
        var run = body["workflow_run"];
        var job = body["workflow_job_run"].Exists ? body["workflow_job_run"] : body["workflow_job_runs"].Items().FirstOrDefault() ?? body["none"];
        var environment = body["environment"].Text() ?? job["environment"].Text();
        ChangeStatus? status = body["action"].RequiredText() switch
        {
            "requested" => ChangeStatus.Waiting,
            "approved" => ChangeStatus.Started,
            "rejected" => ChangeStatus.Cancelled,
            _ => null,
        };
        return status is null ? null : new DeployReported
        {
            Source = "github",
            Event = "deployment_review",
            ChangeKey = Bounds.Key($"deployment_review/{run["id"].RequiredKey()}/{environment}"),
            Change = ChangeKind.Deploy,
            Status = status.Value,
            Environment = environment,
            Summary = run["display_title"].Text(Bounds.Summary),
            Commit = run["head_sha"].Text(),
            Branch = run["head_branch"].Text(),
            Author = body["requestor"]["login"].Text() ?? run["actor"]["login"].Text(),
            OccurredAt = body["since"].Time(),
            Links = new LinkList().Add(job["html_url"]).Add(run["html_url"]).ToList(),
            Facts = new Facts().Add("approver", body["approver"]["login"]).Add("comment", body["comment"]).ToDictionary(),
        };
    }

    private static DeployReported Of(JsonView deployment)
    {
        var payload = deployment["payload"];
        var told = payload.IsObject ? payload : null;
        return new DeployReported
        {
            Source = "github",
            Event = "deployment",
            ChangeKey = $"deployment/{deployment["id"].RequiredKey()}",
            Change = ChangeKind.Deploy,
            Status = ChangeStatus.Unknown,
            Service = told is { } named && named["service"].IsText ? named["service"].Text() : null,
            Environment = deployment["environment"].Text(),
            Summary = deployment["description"].Text(Bounds.Summary),
            Version = (told is { } versioned && versioned["version"].IsText ? versioned["version"].Text() : null) ?? deployment["ref"].Text(),
            Commit = deployment["sha"].Text(),
            Branch = deployment["ref"].Text(),
            Author = deployment["creator"]["login"].Text(),
            Contracts = told is null ? [] : ContractList.Within(told),
            Links = new LinkList().Add(deployment["url"]).ToList(),
            Facts = new Facts()
                .Add("task", deployment["task"])
                .Add("originalEnvironment", deployment["original_environment"])
                .Add("payload", told is null ? payload : payload["none"])
                .AddMembers("payload", payload)
                .ToDictionary(),
        };
    }

    private static ChangeStatus? StatusOf(JsonView state) => state.RequiredText() switch
    {
        "success" => ChangeStatus.Succeeded,
        "failure" or "error" => ChangeStatus.Failed,
        "pending" or "queued" or "in_progress" => ChangeStatus.Started,
        "waiting" => ChangeStatus.Waiting,
        "inactive" => null,
        _ => ChangeStatus.Unknown,
    };
}

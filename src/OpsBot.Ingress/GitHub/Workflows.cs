using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.GitHub;

/// <summary>GitHub Actions: a run or a job is a build, unless its workflow is configured as a deploy.</summary>
internal sealed class Workflows(IReadOnlyCollection<string> deployWorkflows)
{
    public DeployReported? Run(JsonView body)
    {
        var run = body["workflow_run"];
        var status = StatusOf(body["action"], run);
        var name = body["workflow"]["name"].Text() ?? run["name"].Text();
        var path = run["path"].Text() ?? body["workflow"]["path"].Text();
        return new DeployReported
        {
            Source = "github",
            Event = "workflow_run",
            ChangeKey = Bounds.Key($"workflow_run/{run["id"].RequiredKey()}/{run["run_attempt"].Text() ?? "1"}"),
            Change = KindOf(name, run["name"].Text(), path),
            Status = status,
            Summary = run["display_title"].Text(Bounds.Summary),
            Commit = run["head_sha"].Text(),
            Branch = run["head_branch"].Text(),
            Author = run["actor"]["login"].Text(),
            OccurredAt = Ended(status) ? run["updated_at"].Time() ?? run["run_started_at"].Time() : Began(body["action"], run),
            Links = new LinkList().Add(run["html_url"]).ToList(),
            Facts = new Facts()
                .Add("workflow", name)
                .Add("workflowPath", path)
                .Add("runNumber", run["run_number"])
                .Add("trigger", run["event"])
                .Add("conclusion", run["conclusion"])
                .ToDictionary(),
        };
    }

    public DeployReported? Job(JsonView body)
    {
        var job = body["workflow_job"];
        var workflow = job["workflow_name"].Text();
        return new DeployReported
        {
            Source = "github",
            Event = "workflow_job",
            ChangeKey = $"workflow_job/{job["id"].RequiredKey()}",
            Change = KindOf(workflow, null, null),
            Status = StatusOf(body["action"], job),
            Title = job["name"].Text(Bounds.Title),
            Commit = job["head_sha"].Text(),
            Branch = job["head_branch"].Text(),
            OccurredAt = job["completed_at"].Time() ?? job["started_at"].Time() ?? job["created_at"].Time(),
            Links = new LinkList().Add(job["html_url"]).ToList(),
            Facts = new Facts()
                .Add("workflow", workflow)
                .Add("runId", job["run_id"])
                .Add("conclusion", job["conclusion"])
                .Add("failedStep", FailedStep(job))
                .ToDictionary(),
        };
    }

    private static string? FailedStep(JsonView job) => job["steps"].Items()
        .FirstOrDefault(step => step["conclusion"].Text() is "failure" or "timed_out")?["name"].Text(Bounds.Title);

    private ChangeKind KindOf(string? name, string? runName, string? path)
    {
        var file = path?.Split('@')[0].Split('/')[^1];
        return deployWorkflows.Any(deploy => Same(deploy, name) || Same(deploy, runName) || Same(deploy, file) || Same(deploy, path))
            ? ChangeKind.Deploy
            : ChangeKind.Build;
    }

    private static bool Same(string configured, string? stated) => configured.Equals(stated, StringComparison.OrdinalIgnoreCase);

    // requested carries the first times; a later attempt was created long before it started
    private static DateTimeOffset? Began(JsonView action, JsonView run) => action.Text() == "requested" && run["run_attempt"].Text() is null or "1"
        ? run["created_at"].Time()
        : run["run_started_at"].Time() ?? run["created_at"].Time();

    private static bool Ended(ChangeStatus status) => status is ChangeStatus.Succeeded or ChangeStatus.Failed or ChangeStatus.Cancelled;

    private static ChangeStatus StatusOf(JsonView action, JsonView run)
    {
        var stated = run["conclusion"].Text() ?? run["status"].Text() ?? action.RequiredText();
        return action.Text() switch
        {
            "requested" or "queued" or "in_progress" => ChangeStatus.Started,
            "waiting" => ChangeStatus.Waiting,
            _ => stated switch
            {
                "success" or "neutral" => ChangeStatus.Succeeded,
                "failure" or "timed_out" or "startup_failure" => ChangeStatus.Failed,
                "cancelled" or "skipped" or "stale" => ChangeStatus.Cancelled,
                "action_required" or "waiting" or "pending" => ChangeStatus.Waiting,
                "requested" or "queued" or "in_progress" => ChangeStatus.Started,
                _ => ChangeStatus.Unknown,
            },
        };
    }
}

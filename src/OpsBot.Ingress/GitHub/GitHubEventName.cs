using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.GitHub;

/// <summary>Tells a sample's event by its body, where nobody said it.</summary>
internal static class GitHubEventName
{
    // the more particular first: a deployment_status holds a deployment too
    private static readonly (string Member, string Name)[] ByMember =
    [
        ("deployment_status", "deployment_status"), ("workflow_job", "workflow_job"), ("workflow_job_run", "deployment_review"),
        ("workflow_job_runs", "deployment_review"), ("deployment", "deployment"), ("workflow_run", "workflow_run"),
        ("release", "release"), ("check_run", "check_run"), ("check_suite", "check_suite"), ("comment", "issue_comment"),
        ("zen", "ping"), ("pusher", "push"), ("context", "status"),
    ];

    public static string Of(ReadOnlyMemory<byte> body)
    {
        using var document = JsonBody.Parse(body);
        var json = new JsonView(document.RootElement);
        return ByMember.FirstOrDefault(entry => json.IsObject && json[entry.Member].Exists).Name
            ?? throw new UnsignableException(
                "The body does not show which GitHub event it is; name it with --event, for example --event push.");
    }
}

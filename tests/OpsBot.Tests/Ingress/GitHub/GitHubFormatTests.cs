using System.Text;
using System.Text.Json.Nodes;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.GitHub;

public sealed class GitHubFormatTests
{
    [Fact]
    public void A_deployment_is_a_change_of_its_repository()
    {
        var change = Reader.Change(Some.GitHubDeployment(), "deployment");

        change.ChangeKey.ShouldBe("deployment/777");
        change.Change.ShouldBe(ChangeKind.Deploy);
        change.Status.ShouldBe(ChangeStatus.Started);
        (change.Service, change.Environment, change.Version, change.Commit, change.Author)
            .ShouldBe(("acme/cart", "production", "v1.2.3", "abc123", "dev"));
        change.Title.ShouldBeNull();
        change.Facts["repository"].ShouldBe("acme/cart");
    }

    [Fact]
    public void A_deployment_payload_may_name_service_and_version()
    {
        var change = Reader.Change(Some.GitHubDeployment("""{"service":"cart-api","version":"9.9","canary":true}"""), "deployment");

        (change.Service, change.Version, change.Facts["payload.canary"]).ShouldBe(("cart-api", "9.9", "true"));
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("""{"service":{"name":"x"},"version":5}""")]
    public void A_deployment_payload_may_be_anything(string payload) =>
        Reader.Change(Some.GitHubDeployment(payload), "deployment").Service.ShouldBe("acme/cart");

    [Fact]
    public void The_configuration_maps_a_repository_to_its_service() =>
        Reader.Change(Some.GitHubPush(), "push", options => options.GitHub!.Services["Acme/Cart"] = "cart").Service.ShouldBe("cart");

    [Theory]
    [InlineData("success", ChangeStatus.Succeeded)]
    [InlineData("failure", ChangeStatus.Failed)]
    [InlineData("error", ChangeStatus.Failed)]
    [InlineData("pending", ChangeStatus.Started)]
    [InlineData("in_progress", ChangeStatus.Started)]
    [InlineData("queued", ChangeStatus.Started)]
    [InlineData("waiting", ChangeStatus.Waiting)]
    public void A_deployment_status_moves_the_same_change_on(string state, ChangeStatus status)
    {
        var change = Reader.Change(Some.GitHubDeploymentStatus(state), "deployment_status");

        change.Status.ShouldBe(status);
        change.ChangeKey.ShouldBe(Reader.Change(Some.GitHubDeployment(), "deployment").ChangeKey);
        change.OccurredAt.ShouldBe(DateTimeOffset.Parse("2026-03-01T10:05:01Z"));
        change.Links.ShouldContain("https://ci.test/5");
    }

    [Fact]
    public void An_inactive_deployment_does_not_say_how_it_went() =>
        Reader.Outcome("github", Some.GitHubDeploymentStatus("inactive"), "deployment_status").ShouldBeOfType<Normalised.Nothing>();

    [Theory]
    [InlineData("tests", ChangeKind.Build)]
    [InlineData("ship", ChangeKind.Deploy)]
    [InlineData("Ship", ChangeKind.Deploy)]
    public void A_run_is_a_build_unless_its_workflow_is_configured_as_a_deploy(string workflow, ChangeKind kind) =>
        Reader.Change(Some.GitHubRun("completed", "completed", "success", workflow), "workflow_run").Change.ShouldBe(kind);

    [Fact]
    public void A_workflow_can_be_configured_by_its_file() =>
        Reader.Change(Some.GitHubRun("completed", "completed", "success"), "workflow_run", options => options.GitHub!.DeployWorkflows = ["ci.yml"])
            .Change.ShouldBe(ChangeKind.Deploy);

    [Theory]
    [InlineData("requested", "queued", null, ChangeStatus.Started)]
    [InlineData("in_progress", "in_progress", null, ChangeStatus.Started)]
    [InlineData("completed", "completed", "success", ChangeStatus.Succeeded)]
    [InlineData("completed", "completed", "failure", ChangeStatus.Failed)]
    [InlineData("completed", "completed", "timed_out", ChangeStatus.Failed)]
    [InlineData("completed", "completed", "startup_failure", ChangeStatus.Failed)]
    [InlineData("completed", "completed", "cancelled", ChangeStatus.Cancelled)]
    [InlineData("completed", "completed", "skipped", ChangeStatus.Cancelled)]
    [InlineData("completed", "completed", "action_required", ChangeStatus.Waiting)]
    public void A_run_has_the_status_of_its_conclusion(string action, string status, string? conclusion, ChangeStatus expected)
    {
        var change = Reader.Change(Some.GitHubRun(action, status, conclusion), "workflow_run");

        change.Status.ShouldBe(expected);
        change.ChangeKey.ShouldBe("workflow_run/90/2");
    }

    [Fact]
    public void A_failed_job_names_the_step_that_failed()
    {
        var body = Some.GitHubBody("""
            "action":"completed","workflow_job":{"id":4,"run_id":90,"name":"linters","status":"completed","conclusion":"failure","workflow_name":"ship",
              "head_sha":"abc123","started_at":"2026-03-01T10:00:00Z","completed_at":"2026-03-01T10:01:00Z","html_url":"https://github.test/j/4",
              "steps":[{"name":"Set up","conclusion":"success"},{"name":"Run format","conclusion":"failure"},{"name":"After","conclusion":"skipped"}]}
            """);

        var change = Reader.Change(body, "workflow_job");

        (change.ChangeKey, change.Status, change.Change, change.Facts["failedStep"])
            .ShouldBe(("workflow_job/4", ChangeStatus.Failed, ChangeKind.Deploy, "Run format"));
    }

    [Fact]
    public void A_push_lists_its_files_and_the_first_line_of_its_message()
    {
        var change = Reader.Change(Some.GitHubPush(), "push");

        change.ChangeKey.ShouldBe("acme/cart:push/refs/heads/main/bbb222");
        (change.Title, change.Change, change.Status).ShouldBe(("Raise the pool size", ChangeKind.Commit, ChangeStatus.Pushed));
        change.Files.ShouldBe(["a.cs", "c.cs", "b.cs"]);
        change.OccurredAt.ShouldBe(DateTimeOffset.Parse("2026-03-01T10:00:00Z"));
    }

    [Fact]
    public void The_same_commit_pushed_to_a_fork_is_another_change()
    {
        var fork = Some.GitHubPush();
        fork["repository"]!["full_name"] = "fork/cart";

        Reader.Change(fork, "push").ChangeKey.ShouldNotBe(Reader.Change(Some.GitHubPush(), "push").ChangeKey);
    }

    [Theory]
    [InlineData("created", ChangeStatus.Created)]
    [InlineData("published", ChangeStatus.Succeeded)]
    [InlineData("released", ChangeStatus.Succeeded)]
    [InlineData("prereleased", ChangeStatus.Succeeded)]
    [InlineData("edited", ChangeStatus.Edited)]
    [InlineData("unpublished", ChangeStatus.Deleted)]
    [InlineData("deleted", ChangeStatus.Deleted)]
    public void A_release_is_one_change_whatever_is_done_to_it(string action, ChangeStatus status)
    {
        var change = Reader.Change(Some.GitHubBody($$"""
            "action":"{{action}}","release":{"id":3,"tag_name":"v2","name":"","created_at":"2026-03-01T10:00:00Z","published_at":null}
            """), "release");

        (change.ChangeKey, change.Status, change.Title, change.OccurredAt).ShouldBe(("release/3", status, "v2", DateTimeOffset.Parse("2026-03-01T10:00:00Z")));
    }

    [Theory]
    [InlineData("requested", ChangeStatus.Waiting)]
    [InlineData("approved", ChangeStatus.Started)]
    [InlineData("rejected", ChangeStatus.Cancelled)]
    public void A_review_holds_a_deployment_or_lets_it_go(string action, ChangeStatus status)
    {
        var change = Reader.Change(Some.GitHubBody($$"""
            "action":"{{action}}","since":"2026-03-01T10:00:00Z","environment":"prod","requestor":{"login":"dev"},
            "workflow_run":{"id":90,"head_sha":"abc123","head_branch":"main"},"workflow_job_runs":[{"id":1,"environment":"prod","html_url":null}]
            """), "deployment_review");

        (change.Status, change.Environment, change.Author, change.ChangeKey).ShouldBe((status, "prod", "dev", "deployment_review/90/prod"));
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("issue_comment")]
    [InlineData("check_run")]
    [InlineData("check_suite")]
    [InlineData("star")]
    [InlineData("no-such-event")]
    public void Other_events_create_nothing_whatever_they_hold(string name) =>
        Reader.Outcome("github", JsonNode.Parse("""{"zen":[{}]}""")!, name).ShouldBeOfType<Normalised.Nothing>();

    [Theory]
    [InlineData("deployment", "deployment.id")]
    [InlineData("push", "ref")]
    [InlineData("release", "release.id")]
    [InlineData("workflow_run", "workflow_run.id")]
    [InlineData("status", "sha")]
    public void A_change_that_cannot_be_identified_is_unreadable(string name, string field) =>
        Reader.Unreadable("github", Some.GitHubBody("\"action\":\"created\""), name).Field.ShouldBe(field);

    [Fact]
    public void A_body_whose_event_nobody_names_is_unreadable() =>
        Reader.Unreadable("github", Some.GitHubPush()).Field.ShouldBe("header X-GitHub-Event");

    [Fact]
    public void A_form_is_read_like_its_payload()
    {
        var form = "payload=" + Uri.EscapeDataString(Some.GitHubPush().ToJsonString()).Replace("%20", "+");
        var headers = new Dictionary<string, string>
        {
            ["x-github-event"] = "push",
            ["X-GitHub-Delivery"] = "d-7",
            ["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8",
        };

        var delivery = Reader.Read("github", Encoding.UTF8.GetBytes(form), headers).ShouldHaveSingleItem();

        delivery.DeliveryKey.ShouldBe("d-7");
        Reader.Records<DeployReported>(delivery.Outcome).Single().Title.ShouldBe("Raise the pool size");
    }
}

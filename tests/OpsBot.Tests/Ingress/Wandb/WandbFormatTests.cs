using System.Text.Json.Nodes;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;
using OpsBot.Tests.Architecture;

namespace OpsBot.Tests.Ingress.Wandb;

public sealed class WandbFormatTests
{
    [Fact]
    public void Our_template_as_W_and_B_fills_it_in_is_read()
    {
        var template = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "wandb", "payload.json"));
        var filled = template
            .Replace("${event_type}", "RUN_METRIC_THRESHOLD").Replace("${entity_name}", "team").Replace("${project_name}", "ctr").Replace("${event_author}", "mira")
            .Replace("${run_name}", "r7").Replace("${artifact_collection_name}", "ctr-model").Replace("${artifact_version_string}", "team/ctr/ctr-model:v3")
            .Replace("${artifact_version}", "wandb-artifact://_id/1").Replace("${alias}", "").Replace("${tag}", "").Replace("${run_state}", "");

        var job = Job(filled);

        (job.Event, job.JobKey, job.User, job.Name).ShouldBe(("RUN_METRIC_THRESHOLD", "team/ctr/ctr-model", "mira", null));
        (job.Facts["model"], job.Facts["version"], job.Facts["project"], job.Facts["author"]).ShouldBe(("ctr-model", "team/ctr/ctr-model:v3", "ctr", "mira"));
        job.Facts.Keys.ShouldNotContain("alias");
    }

    [Fact]
    public void Our_template_uses_only_variables_that_W_and_B_documents()
    {
        string[] documented = ["project_name", "entity_name", "event_type", "event_author", "alias", "tag", "artifact_collection_name", "artifact_version", "artifact_version_string"];
        var template = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "wandb", "payload.json"));

        JsonNode.Parse(template).ShouldNotBeNull();
        System.Text.RegularExpressions.Regex.Matches(template, @"\$\{(\w+)\}").Select(found => found.Groups[1].Value).ShouldAllBe(name => documented.Contains(name));
    }

    [Fact]
    public void A_template_that_was_not_filled_in_is_kept_and_never_taken_for_values()
    {
        var read = Reader.Read("wandb", """{"event_type":"X","client_payload":{"entity_name":"${entity_name}","artifact_collection_name":"m"}}""").ShouldHaveSingleItem();

        read.Outcome.ShouldBeOfType<Normalised.Unreadable>().Field.ShouldBe("client_payload.entity_name");
    }

    [Theory]
    [InlineData("running", TrainingJobStatus.Running)]
    [InlineData("finished", TrainingJobStatus.Succeeded)]
    [InlineData("failed", TrainingJobStatus.Failed)]
    [InlineData("crashed", TrainingJobStatus.Failed)]
    [InlineData("killed", TrainingJobStatus.Cancelled)]
    [InlineData("preempted", TrainingJobStatus.Cancelled)]
    [InlineData("pending", TrainingJobStatus.Queued)]
    public void A_run_that_was_polled_is_a_job(string state, TrainingJobStatus status)
    {
        var job = Job(Runs(state, """{\"loss\": 0.5, \"auc\": \"NaN\", \"_step\": 40, \"_wandb\": {\"runtime\": 9}, \"hist\": {\"bins\": [1]}}"""));

        (job.Status, job.JobKey, job.Name, job.User, job.Step).ShouldBe((status, "team/ctr/abc123", "brave-wave-7", "mira", 40));
        job.Metrics.ShouldBe(new Dictionary<string, double> { ["loss"] = 0.5 });
        job.Facts["metric.auc"].ShouldBe("NaN");
        job.Nodes.ShouldBe(["gpu01"]);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("")]
    public void A_summary_that_is_none_takes_nothing_from_the_rest(string summary) => Job(Runs("running", summary)).Metrics.ShouldBeEmpty();

    [Fact]
    public void An_answer_of_errors_is_no_event() =>
        Reader.Read("wandb", """{"errors":[{"message":"project not found"}],"data":null}""").ShouldHaveSingleItem().Outcome.ShouldBeOfType<Normalised.Unreadable>();

    [Theory]
    [InlineData("crashed", true)]
    [InlineData("failed", true)]
    [InlineData("finished", true)]
    [InlineData("killed", true)]
    [InlineData("running", false)]
    [InlineData("pending", false)]
    public void A_run_that_was_resumed_ends_anew_and_one_that_goes_on_is_the_same_delivery(string state, bool isAnother)
    {
        var first = Key(Runs(state, ""));

        Key(Runs(state, "{}")).ShouldBe(first, "what the end left is told again as it was");
        (Key(Runs(state, "").Replace("T13:00:00", "T15:30:00", StringComparison.Ordinal)) != first).ShouldBe(isAnother);
    }

    private static string Key(string body) => Reader.Read("wandb", body).ShouldHaveSingleItem().DeliveryKey;

    internal static string Runs(string state, string summary) =>
        "{\"data\":{\"project\":{\"runs\":{\"edges\":[{\"node\":{\"name\":\"abc123\",\"displayName\":\"brave-wave-7\",\"state\":\"" + state + "\",\"createdAt\":\"2025-03-01T12:00:00\",\"heartbeatAt\":\"2025-03-01T13:00:00\",\"host\":\"gpu01\","
        + "\"summaryMetrics\":\"" + summary + "\",\"user\":{\"username\":\"mira\"},\"project\":{\"name\":\"ctr\",\"entityName\":\"team\"}}}]}}}}";

    private static TrainingJobReported Job(string body) => Reader.Records<TrainingJobReported>(Reader.Read("wandb", body).ShouldHaveSingleItem().Outcome).ShouldHaveSingleItem();
}

using OpsBot.Contracts.Events;
using OpsBot.Ingress;

namespace OpsBot.Tests.Ingress.Kubeflow;

public sealed class KubeflowFormatTests
{
    [Theory]
    [InlineData("Created", TrainingJobStatus.Queued)]
    [InlineData("Suspended", TrainingJobStatus.Queued)]
    [InlineData("Running", TrainingJobStatus.Running)]
    [InlineData("Restarting", TrainingJobStatus.Running)]
    [InlineData("Succeeded", TrainingJobStatus.Succeeded)]
    [InlineData("Complete", TrainingJobStatus.Succeeded)]
    [InlineData("Failed", TrainingJobStatus.Failed)]
    public void The_last_condition_that_is_true_says_where_the_job_stands(string type, TrainingJobStatus status)
    {
        var job = Job(Object("PyTorchJob", Condition("Created", "True", 0), Condition("Running", "False", 1), Condition(type, "True", 2)));

        job.Status.ShouldBe(status);
        (job.Event, job.JobKey, job.Name, job.Facts["namespace"]).ShouldBe(("PyTorchJob", "uid-1", "mnist", "team"));
        job.OccurredAt.ShouldBe(new DateTimeOffset(2025, 3, 1, 12, 2, 30, TimeSpan.Zero));
        job.Reason.ShouldBe(status == TrainingJobStatus.Failed ? "it is Failed" : null);
    }

    [Fact]
    public void A_train_job_runs_where_its_jobs_do_and_needs_no_condition_for_it()
    {
        var running = Job("""{"kind":"TrainJob","metadata":{"uid":"u","name":"a","namespace":"n"},"status":{"jobsStatus":[{"name":"node","ready":0,"active":2,"failed":0}]}}""");
        var waiting = Job("""{"kind":"TrainJob","metadata":{"uid":"u","name":"a","namespace":"n"},"status":{}}""");
        var done = Job("""{"kind":"TrainJob","metadata":{"uid":"u","name":"a","namespace":"n"},"status":{"conditions":[{"type":"Complete","status":"True","lastTransitionTime":"2025-03-01T12:00:00Z","reason":"JobsCompleted","message":"done"}],"jobsStatus":[{"name":"node","active":0,"succeeded":1}]}}""");

        (running.Status, waiting.Status, done.Status).ShouldBe((TrainingJobStatus.Running, TrainingJobStatus.Queued, TrainingJobStatus.Succeeded));
        done.EndedAt.ShouldBe(new DateTimeOffset(2025, 3, 1, 12, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void A_list_gives_each_job_as_a_delivery_and_drops_what_is_none()
    {
        var body = "{\"kind\":\"List\",\"items\":[" + Object("TFJob", Condition("Running", "True", 1)) + ",{\"kind\":\"Pod\",\"metadata\":{\"uid\":\"p\",\"name\":\"p\"}}]}";

        var read = Reader.Read("kubeflow", body);

        read.Count.ShouldBe(2);
        read[0].Outcome.ShouldBeOfType<Normalised.Events>();
        read[1].Outcome.ShouldBeOfType<Normalised.Nothing>();
    }

    [Fact]
    public void The_same_condition_again_is_the_same_delivery_and_the_next_is_another()
    {
        var first = Reader.Read("kubeflow", Object("PyTorchJob", Condition("Running", "True", 1)))[0].DeliveryKey;

        Reader.Read("kubeflow", Object("PyTorchJob", Condition("Created", "True", 0), Condition("Running", "True", 1)))[0].DeliveryKey.ShouldBe(first);
        Reader.Read("kubeflow", Object("PyTorchJob", Condition("Running", "True", 2)))[0].DeliveryKey.ShouldNotBe(first);
    }

    [Fact]
    public void A_watch_that_sees_a_running_job_deleted_sees_it_cancelled()
    {
        var deleted = "{\"type\":\"DELETED\",\"object\":" + Object("MPIJob", Condition("Running", "True", 1)) + "}";
        var finished = "{\"type\":\"DELETED\",\"object\":" + Object("MPIJob", Condition("Failed", "True", 1)) + "}";

        Job(deleted).Status.ShouldBe(TrainingJobStatus.Cancelled);
        Job(finished).Status.ShouldBe(TrainingJobStatus.Failed);
    }

    private static string Object(string kind, params string[] conditions) =>
        "{\"apiVersion\":\"kubeflow.org/v1\",\"kind\":\"" + kind + "\",\"metadata\":{\"uid\":\"uid-1\",\"name\":\"mnist\",\"namespace\":\"team\"},\"status\":{\"startTime\":\"2025-03-01T12:00:30Z\",\"conditions\":[" + string.Join(',', conditions) + "]}}";

    private static string Condition(string type, string status, int minute) =>
        $$"""{"type":"{{type}}","status":"{{status}}","reason":"Job{{type}}","message":"it is {{type}}","lastTransitionTime":"2025-03-01T12:00:00Z","lastUpdateTime":"2025-03-01T12:0{{minute}}:30Z"}""";

    private static TrainingJobReported Job(string body) => Reader.Records<TrainingJobReported>(Reader.Read("kubeflow", body).ShouldHaveSingleItem().Outcome).ShouldHaveSingleItem();
}

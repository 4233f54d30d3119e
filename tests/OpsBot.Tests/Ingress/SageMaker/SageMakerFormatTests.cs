using OpsBot.Contracts.Events;
using OpsBot.Ingress;

namespace OpsBot.Tests.Ingress.SageMaker;

public sealed class SageMakerFormatTests
{
    private const string Arn = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/ctr-7";

    [Theory]
    [InlineData("InProgress", TrainingJobStatus.Running)]
    [InlineData("Completed", TrainingJobStatus.Succeeded)]
    [InlineData("Failed", TrainingJobStatus.Failed)]
    [InlineData("Stopping", TrainingJobStatus.Running)]
    [InlineData("Stopped", TrainingJobStatus.Cancelled)]
    [InlineData("Odd", TrainingJobStatus.Unknown)]
    public void A_training_job_says_where_it_stands(string state, TrainingJobStatus status)
    {
        var job = Job(Training($$""" "TrainingJobStatus":"{{state}}","FailureReason":"AlgorithmError: exit code 1","TrainingStartTime":"1740830400000","TrainingEndTime":1740834000000 """));

        (job.Status, job.JobKey, job.Name, job.Reason).ShouldBe((status, Arn, "ctr-7", "AlgorithmError: exit code 1"));
        job.StartedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1740830400));
        job.EndedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1740834000));
        job.Facts["state"].ShouldBe(state);
    }

    [Theory]
    [InlineData("\"2025-03-01T12:00:00Z\"")]
    [InlineData("\"1740830400000\"")]
    [InlineData("1740830400000")]
    [InlineData("1740830400")]
    public void Times_come_in_any_form(string time) =>
        Job(Training($$""" "TrainingJobStatus":"InProgress","TrainingStartTime":{{time}} """)).StartedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1740830400));

    [Fact]
    public void The_event_names_the_delivery_and_the_resource_the_job()
    {
        var first = Reader.Read("sagemaker", Training(""" "TrainingJobStatus":"InProgress" """, id: "e-1"))[0];
        var second = Reader.Read("sagemaker", Training(""" "TrainingJobStatus":"Failed" """, id: "e-2"))[0];

        (first.DeliveryKey, second.DeliveryKey).ShouldBe(("e-1", "e-2"));
        Reader.Records<TrainingJobReported>(first.Outcome)[0].JobKey.ShouldBe(Reader.Records<TrainingJobReported>(second.Outcome)[0].JobKey);
    }

    [Fact]
    public void Final_metrics_are_kept()
    {
        var job = Job(Training(""" "TrainingJobStatus":"Completed","FinalMetricDataList":[{"MetricName":"validation:auc","Value":0.75,"Timestamp":1740834000000}] """));

        job.Metrics.ShouldBe(new Dictionary<string, double> { ["validation:auc"] = 0.75 });
    }

    [Fact]
    public void A_key_that_stands_twice_does_no_harm() =>
        Job(Training(""" "TrainingJobStatus":"Completed" """).Replace("\"detail\"", "\"source\":[\"aws.sagemaker\"],\"detail\"", StringComparison.Ordinal)).Status.ShouldBe(TrainingJobStatus.Succeeded);

    [Fact]
    public void A_model_package_is_a_release()
    {
        var change = Reader.Records<DeployReported>(Reader.Read("sagemaker", """
            {"id":"e","detail-type":"SageMaker Model Package State Change","source":"aws.sagemaker","time":"2025-03-01T12:00:00Z","resources":["arn:p/2"],
             "detail":{"ModelPackageGroupName":"ctr","ModelPackageVersion":2,"ModelPackageArn":"arn:p/2","ModelPackageStatus":"Completed","ModelApprovalStatus":"Approved"}}
            """)[0].Outcome).ShouldHaveSingleItem();

        (change.Change, change.Status, change.ChangeKey, change.Version, change.Facts["approval"]).ShouldBe((ChangeKind.Release, ChangeStatus.Succeeded, "arn:p/2", "2", "Approved"));
    }

    [Fact]
    public void An_event_of_something_else_is_nothing() =>
        Reader.Read("sagemaker", """{"id":"e","detail-type":"EC2 Instance State-change Notification","detail":{}}""")[0].Outcome.ShouldBeOfType<Normalised.Nothing>();

    private static string Training(string detail, string id = "e-1") =>
        "{\"version\":\"0\",\"id\":\"" + id + "\",\"detail-type\":\"SageMaker Training Job State Change\",\"source\":\"aws.sagemaker\",\"time\":\"2025-03-01T12:00:00Z\",\"resources\":[\"" + Arn + "\"],\"detail\":{\"TrainingJobName\":\"ctr-7\",\"TrainingJobArn\":\"" + Arn + "\"," + detail + "}}";

    private static TrainingJobReported Job(string body) => Reader.Records<TrainingJobReported>(Reader.Read("sagemaker", body).ShouldHaveSingleItem().Outcome).ShouldHaveSingleItem();
}

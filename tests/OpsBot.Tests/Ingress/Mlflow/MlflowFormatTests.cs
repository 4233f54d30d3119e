using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.Mlflow;

public sealed class MlflowFormatTests
{
    private const string Secret = "a-shared-secret";
    private const string Body = """{"entity":"model_version","action":"created","timestamp":"2025-03-01T12:00:00.5+00:00","data":{"name":"ctr","version":"3","run_id":"0123abcd"}}""";

    [Fact]
    public void A_model_version_names_the_run_that_made_it()
    {
        var job = Job(Body);

        (job.Event, job.JobKey, job.Status).ShouldBe(("model_version.created", "0123abcd", TrainingJobStatus.Unknown));
        (job.Facts["model"], job.Facts["version"], job.Facts["run"]).ShouldBe(("ctr", "3", "0123abcd"));
    }

    [Fact]
    public void An_entity_of_something_else_is_nothing() =>
        Reader.Read("mlflow", """{"entity":"prompt","action":"created","data":{"name":"p"}}""").ShouldHaveSingleItem().Outcome.ShouldBeOfType<Normalised.Nothing>();

    [Theory]
    [InlineData("RUNNING", TrainingJobStatus.Running)]
    [InlineData("SCHEDULED", TrainingJobStatus.Queued)]
    [InlineData("FINISHED", TrainingJobStatus.Succeeded)]
    [InlineData("FAILED", TrainingJobStatus.Failed)]
    [InlineData("KILLED", TrainingJobStatus.Cancelled)]
    public void A_run_that_was_polled_is_a_job(string state, TrainingJobStatus status)
    {
        var job = Job(Runs($$"""
            {"info":{"run_id":"0123abcd","run_name":"ctr-7","experiment_id":"1","status":"{{state}}","start_time":1740830400000,"end_time":"1740834000000","user_id":"mira"},
             "data":{"metrics":[{"key":"loss","value":0.5,"timestamp":1,"step":"10"},{"key":"auc","value":"NaN","timestamp":1,"step":20}],"tags":[{"key":"mlflow.source.name","value":"train.py"}]} }
            """));

        (job.Status, job.JobKey, job.Name, job.User, job.Step).ShouldBe((status, "0123abcd", "ctr-7", "mira", 20));
        job.Metrics.ShouldBe(new Dictionary<string, double> { ["loss"] = 0.5 });
        job.Facts["metric.auc"].ShouldBe("NaN");
        job.Facts["sourceName"].ShouldBe("train.py");
        job.EndedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1740834000));
    }

    [Fact]
    public void A_run_whose_metrics_moved_on_is_the_same_delivery()
    {
        var first = Reader.Read("mlflow", Runs("""{"info":{"run_id":"r","status":"RUNNING"},"data":{"metrics":[{"key":"loss","value":0.5}]}}"""))[0].DeliveryKey;

        Reader.Read("mlflow", Runs("""{"info":{"run_id":"r","status":"RUNNING"},"data":{"metrics":[{"key":"loss","value":0.4}]}}"""))[0].DeliveryKey.ShouldBe(first);
    }

    [Fact]
    public void A_run_that_was_resumed_ends_anew()
    {
        var first = Ended("1740834000000");

        Ended("1740834000000").ShouldBe(first);
        Ended("1740837600000").ShouldNotBe(first);

        static string Ended(string at) => Reader.Read("mlflow", Runs($$$"""{"info":{"run_id":"r","status":"FAILED","end_time":{{{at}}}}}"""))[0].DeliveryKey;
    }

    [Theory]
    [InlineData("good", 0, 202)]
    [InlineData("good", -299, 202)]
    [InlineData("good", 299, 202)]
    [InlineData("good", -301, 401)]
    [InlineData("good", 301, 401)]
    [InlineData("wrong secret", 0, 401)]
    [InlineData("other delivery", 0, 401)]
    [InlineData("other body", 0, 401)]
    [InlineData("v2", 0, 401)]
    [InlineData("hex", 0, 401)]
    [InlineData("none", 0, 401)]
    [InlineData("no time", 0, 401)]
    public async Task A_signature_counts_for_its_delivery_and_five_minutes(string how, int seconds, int status)
    {
        var clock = new ManualClock();
        await using var app = await IngressApp.StartAsync(options => options.Mlflow = new() { Secrets = ["another", Secret] }, clock: clock);
        var time = (clock.GetUtcNow().ToUnixTimeSeconds() + seconds).ToString(CultureInfo.InvariantCulture);
        // as mlflow/webhooks/delivery.py computes it
        var hmac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(how == "wrong secret" ? "guess" : Secret), Encoding.UTF8.GetBytes($"d-1.{time}.{Body}"));
        var headers = new Dictionary<string, string>
        {
            ["X-MLflow-Signature"] = how switch { "v2" => "v2,", _ => "v1," } + (how == "hex" ? Convert.ToHexString(hmac) : Convert.ToBase64String(hmac)),
            ["X-MLflow-Delivery-Id"] = how == "other delivery" ? "d-2" : "d-1",
            ["X-MLflow-Timestamp"] = time,
        };
        if (how == "none")
            headers.Remove("X-MLflow-Signature");
        if (how == "no time")
            headers.Remove("X-MLflow-Timestamp");

        using var answer = await app.SendAsync("mlflow", Encoding.UTF8.GetBytes(how == "other body" ? Body + " " : Body), headers);

        ((int)answer.StatusCode).ShouldBe(status);
        app.Intake.Rows.ShouldBe(status == 202 ? 1 : 0);
    }

    private static string Runs(string run) => "{\"runs\":[" + run + "]}";

    private static TrainingJobReported Job(string body) => Reader.Records<TrainingJobReported>(Reader.Read("mlflow", body).ShouldHaveSingleItem().Outcome).ShouldHaveSingleItem();
}

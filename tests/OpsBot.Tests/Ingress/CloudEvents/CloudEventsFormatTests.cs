using System.Text;
using System.Text.Json.Nodes;
using OpsBot.Contracts.Events;
using OpsBot.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress.CloudEvents;

public sealed class CloudEventsFormatTests
{
    [Fact]
    public void An_alert_has_the_key_of_its_sender_and_the_time_of_its_envelope()
    {
        var alert = Reader.Alert("cloudevents", Some.CloudEvent("opsbot.alert.v1", Some.AlertData()));

        alert.IncidentKey.ShouldBe("/ci/main#disk-7");
        (alert.Status, alert.Title, alert.Service, alert.Severity).ShouldBe((AlertStatus.Firing, "Disk is full", "db", "high"));
        alert.OccurredAt.ShouldBe(DateTimeOffset.Parse("2026-03-01T10:00:00Z"));
        alert.Links.ShouldBe(["https://x.test/1"]);
        alert.Facts["deliveryId"].ShouldBe("evt-1");
    }

    [Fact]
    public void The_delivery_is_named_by_source_and_id() =>
        Reader.Read("cloudevents", Some.CloudEvent("anything", "{}").ToJsonString()).Single().DeliveryKey.ShouldBe("/ci/main#evt-1");

    [Fact]
    public void The_subject_is_the_key_where_the_data_has_none()
    {
        var body = Some.CloudEvent("opsbot.training.v1", """{"status":"running","step":5,"metrics":{"loss":"NaN","auc":0.5,"big":1e999}}""");
        body["subject"] = "job-1";

        var job = Reader.Records<TrainingJobReported>(Reader.Outcome("cloudevents", body)).Single();

        (job.JobKey, job.Status, job.Step).ShouldBe(("/ci/main#job-1", TrainingJobStatus.Running, 5));
        job.Metrics.ShouldBe(new Dictionary<string, double> { ["auc"] = 0.5 });
        job.Facts["metric.loss"].ShouldBe("NaN");
        job.Facts["metric.big"].ShouldBe("1e999");
    }

    [Fact]
    public void Two_sources_may_use_the_same_key()
    {
        var other = Some.CloudEvent("opsbot.alert.v1", Some.AlertData());
        other["source"] = "/ci/other";

        Reader.Alert("cloudevents", other).IncidentKey.ShouldBe("/ci/other#disk-7");
    }

    [Fact]
    public void A_deploy_lists_the_instances_it_replaced()
    {
        var change = Reader.Records<DeployReported>(Reader.Outcome("cloudevents", Some.CloudEvent(
            "opsbot.deploy.v1", """{"key":"7","status":"succeeded","change":"config","oldInstances":["a"],"newInstances":["b","c"],"diff":"-1\n+2"}"""))).Single();

        (change.ChangeKey, change.Change, change.Status, change.Diff).ShouldBe(("/ci/main#7", ChangeKind.Config, ChangeStatus.Succeeded, "-1\n+2"));
        change.OldInstances.ShouldBe(["a"]);
        change.NewInstances.ShouldBe(["b", "c"]);
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("5")]
    [InlineData("null")]
    public void A_type_that_is_not_ours_creates_nothing_whatever_its_data(string data) =>
        Reader.Outcome("cloudevents", Some.CloudEvent("com.example.some", data)).ShouldBeOfType<Normalised.Nothing>();

    [Fact]
    public void Data_that_is_not_base64_does_not_matter_in_a_type_that_is_not_ours()
    {
        var body = Some.CloudEvent("com.example.some", "null");
        body["data_base64"] = "... not base64 ...";

        Reader.Outcome("cloudevents", body).ShouldBeOfType<Normalised.Nothing>();
        body["type"] = "opsbot.alert.v1";
        Reader.Unreadable("cloudevents", body).Field.ShouldBe("data_base64");
    }

    [Fact]
    public void Data_in_base64_is_read()
    {
        var body = Some.CloudEvent("opsbot.alert.v1", "null");
        body["data_base64"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Some.AlertData()));

        Reader.Alert("cloudevents", body).Title.ShouldBe("Disk is full");
    }

    [Fact]
    public void Binary_mode_gives_the_same_as_structured_mode()
    {
        var headers = new Dictionary<string, string>
        {
            ["Content-Type"] = "application/json",
            ["CE-SpecVersion"] = "1.0",
            ["ce-type"] = "opsbot.alert.v1",
            ["ce-source"] = "/ci/ma%69n",
            ["ce-id"] = "evt-1",
            ["ce-time"] = "2026-03-01T10:00:00Z",
        };

        var delivery = Reader.Read("cloudevents", Some.AlertData(), headers).ShouldHaveSingleItem();

        delivery.DeliveryKey.ShouldBe("/ci/main#evt-1");
        Reader.Records<AlertReported>(delivery.Outcome).Single().ShouldBeEquivalentTo(
            Reader.Alert("cloudevents", Some.CloudEvent("opsbot.alert.v1", Some.AlertData())));
        delivery.Headers.Keys.ShouldContain("ce-type");
    }

    [Fact]
    public void Binary_data_of_a_type_that_is_not_ours_need_not_be_JSON()
    {
        var headers = new Dictionary<string, string>
        {
            ["Content-Type"] = "application/xml",
            ["ce-specversion"] = "1.0",
            ["ce-type"] = "com.example",
            ["ce-source"] = "/x",
            ["ce-id"] = "1",
        };

        Reader.Read("cloudevents", [0xFF, 0xFE, 0x00], headers).Single().Outcome.ShouldBeOfType<Normalised.Nothing>();
        Reader.Read("cloudevents", [], headers).Single().Outcome.ShouldBeOfType<Normalised.Nothing>();
        headers["ce-type"] = "opsbot.alert.v1";
        Should.Throw<NotJsonException>(() => Reader.Read("cloudevents", [0xFF, 0xFE, 0x00], headers));
    }

    [Fact]
    public void Each_event_of_a_batch_is_a_delivery_of_its_own()
    {
        var batch = new JsonArray(
            Some.CloudEvent("opsbot.alert.v1", Some.AlertData(), "1"), Some.CloudEvent("other", "{}", "2"),
            Some.CloudEvent("opsbot.alert.v1", Some.AlertData("melting"), "3"), JsonNode.Parse("5"));

        var deliveries = Reader.Read("cloudevents", batch.ToJsonString());

        deliveries.Select(delivery => delivery.DeliveryKey).Take(3).ShouldBe(["/ci/main#1", "/ci/main#2", "/ci/main#3"]);
        deliveries.Select(delivery => delivery.Outcome.GetType().Name).ShouldBe(["Events", "Nothing", "Unreadable", "Unreadable"]);
        var kept = deliveries[2];
        var again = Reader.Read("cloudevents", kept.Body.ToArray(), kept.Headers).Single();
        (again.DeliveryKey, again.Outcome).ShouldBe((kept.DeliveryKey, kept.Outcome));
    }

    [Theory]
    [InlineData("specversion", "\"0.3\"")]
    [InlineData("specversion", "null")]
    [InlineData("id", "null")]
    [InlineData("id", "\"\"")]
    [InlineData("source", "null")]
    [InlineData("type", "{}")]
    public void An_envelope_without_identity_is_unreadable(string member, string value)
    {
        var body = Some.CloudEvent("com.example.some", "{}");
        body[member] = JsonNode.Parse(value);

        Reader.Unreadable("cloudevents", body).Field.ShouldBe(member);
    }

    [Theory]
    [InlineData("""{"status":"firing","title":"t"}""", "data.key")]
    [InlineData("""{"key":"k","title":"t"}""", "status")]
    [InlineData("""{"key":"k","status":"firing"}""", "title")]
    [InlineData("""{"key":"k","status":"firing","title":"t","startedAt":"soon"}""", "startedAt")]
    [InlineData("""{"key":"k","status":"firing","title":"t","labels":[]}""", "labels")]
    [InlineData("[]", "data")]
    public void Data_that_cannot_be_read_names_its_field(string data, string field) =>
        Reader.Unreadable("cloudevents", Some.CloudEvent("opsbot.alert.v1", data)).Field.ShouldEndWith(field);
}

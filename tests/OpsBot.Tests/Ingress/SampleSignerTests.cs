using System.Text;
using System.Text.Json.Nodes;
using OpsBot.Host.Configuration;
using OpsBot.Ingress;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Ingress;

public sealed class SampleSignerTests
{
    private static readonly ISampleSigner Signer = new SampleSigner(Configured(), ShippedMappings.Library, TimeProvider.System);

    [Theory]
    [InlineData("push")]
    [InlineData("deployment")]
    [InlineData("deployment_status")]
    [InlineData("workflow_run")]
    public void The_event_of_a_GitHub_body_is_told_by_its_shape(string name)
    {
        JsonObject body = name switch
        {
            "push" => Some.GitHubPush(),
            "deployment" => Some.GitHubDeployment(),
            "deployment_status" => Some.GitHubDeploymentStatus("success"),
            _ => Some.GitHubRun("completed", "completed", "success"),
        };

        Signer.HeadersFor("github", Bytes(body))["X-GitHub-Event"].ShouldBe(name);
    }

    [Fact]
    public void A_body_that_shows_no_event_asks_for_its_name()
    {
        Should.Throw<UnsignableException>(() => Signer.HeadersFor("github", "{}"u8.ToArray())).Message.ShouldEndWith("for example --event push.");
        Signer.HeadersFor("github", "{}"u8.ToArray(), "star")["X-GitHub-Event"].ShouldBe("star");
    }

    [Fact]
    public void Known_headers_count_but_placeholders_and_old_signatures_do_not()
    {
        var known = new Dictionary<string, string>
        {
            ["X-GitHub-Event"] = "release",
            ["X-GitHub-Delivery"] = "<guid>",
            ["X-Hub-Signature-256"] = "sha256=00",
            ["_remark"] = "none",
        };

        var headers = Signer.HeadersFor("github", "{}"u8.ToArray(), null, known);

        headers["X-GitHub-Event"].ShouldBe("release");
        headers["X-GitHub-Delivery"].ShouldNotBe("<guid>");
        headers["X-Hub-Signature-256"].ShouldNotBe("sha256=00");
        headers.Keys.ShouldNotContain("_remark");
    }

    [Fact]
    public void A_batch_is_sent_as_a_batch()
    {
        Signer.HeadersFor("cloudevents", " [] "u8.ToArray())["Content-Type"].ShouldBe("application/cloudevents-batch+json");
        Signer.HeadersFor("cloudevents", "{}"u8.ToArray())["Content-Type"].ShouldBe("application/cloudevents+json");
    }

    [Fact]
    public void A_sender_that_is_not_configured_cannot_be_played() =>
        Should.Throw<UnsignableException>(() => ((ISampleSigner)new SampleSigner(new SendersOptions(), ShippedMappings.Library, TimeProvider.System)).HeadersFor("pagerduty", "{}"u8.ToArray()))
            .Message.ShouldEndWith("Add senders.pagerduty to the configuration.");

    private static SendersOptions Configured()
    {
        var options = new SendersOptions();
        Some.AllSenders(options);
        return options;
    }

    private static byte[] Bytes(JsonNode body) => Encoding.UTF8.GetBytes(body.ToJsonString());
}

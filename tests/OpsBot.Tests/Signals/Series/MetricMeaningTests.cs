using OpsBot.Contracts.Diagnoses;
using OpsBot.Signals.Series;

namespace OpsBot.Tests.Signals.Series;

public class MetricMeaningTests
{
    [Theory]
    [InlineData("node_cpu_seconds_total", CauseKind.Cpu, MetricRole.Resource, 1)]
    [InlineData("http_server_duration_p99_ms", CauseKind.Latency, MetricRole.Symptom, 1)]
    [InlineData("PodServerLatencyP90(s)", CauseKind.Latency, MetricRole.Symptom, 1)]
    [InlineData("container_memory_working_set_bytes", CauseKind.Memory, MetricRole.Resource, 1)]
    [InlineData("requests_failed_ratio", CauseKind.Errors, MetricRole.Symptom, 1)]
    [InlineData("availability(%)", CauseKind.Errors, MetricRole.Symptom, -1)]
    [InlineData("disk_io_time", CauseKind.Disk, MetricRole.Resource, 1)]
    [InlineData("network_receive_bytes", CauseKind.Network, MetricRole.Traffic, 0)]
    [InlineData("requests_per_second", CauseKind.Unknown, MetricRole.Traffic, 0)]
    [InlineData("db_calls_per_request", CauseKind.Unknown, MetricRole.Other, 0)]
    [InlineData("frobnications", CauseKind.Unknown, MetricRole.Other, 0)]
    public void The_words_of_a_name_tell_what_it_is(string metric, CauseKind kind, MetricRole role, int bad)
    {
        var meaning = MetricMeaning.Of(metric);
        (meaning.Kind, meaning.Role, meaning.Bad).ShouldBe((kind, role, bad));
    }

    [Fact]
    public void A_metric_of_calls_to_others_is_outbound() => MetricMeaning.Of("client_latency").Outbound.ShouldBeTrue();

    [Fact]
    public void A_metric_of_the_machine_beneath_is_known_by_its_first_word() => MetricMeaning.Of("nodeCpu(%)").OfNode.ShouldBeTrue();

    [Fact]
    public void Names_without_words_are_harmless() => MetricMeaning.Of("").Role.ShouldBe(MetricRole.Other);
}

using OpsBot.Knowledge;
using OpsBot.Knowledge.Runbooks;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Knowledge;

public class ShippedRunbooksTests
{
    private static readonly string Folder = Path.Combine(Some.RepositoryRoot(), "runbooks");
    private static readonly (IReadOnlyList<Runbook> Runbooks, IReadOnlyList<RunbookProblem> Problems) Read =
        RunbookFolder.Read(Folder, new RunbookOptions(), CancellationToken.None);

    public static TheoryData<string> Paths => [.. Read.Runbooks.Select(r => r.Path)];

    [Fact]
    public void Eight_runbooks_ship_and_all_can_be_read()
    {
        Read.Problems.ShouldBeEmpty();
        Read.Runbooks.Count.ShouldBe(8);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Each_has_patterns_and_the_sections_that_a_reader_expects(string path)
    {
        var runbook = Read.Runbooks.Single(r => r.Path == path);

        runbook.Alerts.ShouldNotBeEmpty();
        foreach (var heading in (string[])["Symptoms", "First step", "Checks, in order", "Likely causes", "Mitigations", "Escalate", "Do not"])
        {
            // the causes of a GPU job stand in its table of XID numbers
            if (heading != "Likely causes" || path != "training/gpu-job-failing/SKILL.md")
            {
                runbook.Headings.ShouldContain(heading);
            }
        }
        runbook.FirstStep.ShouldNotContain("```");
        runbook.FirstStep.Split((char)10).Length.ShouldBeGreaterThan(1, "a sentence and its command");
        runbook.FirstStep.ShouldNotContain("…");
        File.ReadAllLines(Path.Combine(Folder, path)).Length.ShouldBeInRange(60, 120);
    }

    [Theory]
    [InlineData("HighErrorRate", "checkout answers /orders with errors", "services/high-error-rate/SKILL.md")]
    [InlineData("CheckoutFailing", "checkout error rate is 31 %", "services/high-error-rate/SKILL.md")]
    [InlineData("HighLatencyP99", "p99 of cart above 0.5 s", "services/high-latency/SKILL.md")]
    [InlineData("PaymentTimeouts", "calls to payment time out from checkout", "services/high-latency/SKILL.md")]
    [InlineData("KubePodCrashLooping", "Pod is crash looping", "kubernetes/pod-crash-looping/SKILL.md")]
    [InlineData("PodNotHealthy", "Container killed, memory limit exceeded (OOM)", "kubernetes/pod-crash-looping/SKILL.md")]
    [InlineData("NodeFilesystemSpaceFillingUp", "Filesystem is predicted to run out of space", "hosts/disk-filling/SKILL.md")]
    [InlineData("VolumeAlmostFull", "data volume 93% used on db-2", "hosts/disk-filling/SKILL.md")]
    [InlineData("PgSaturation", "FATAL: sorry, too many clients already", "databases/connections-exhausted/SKILL.md")]
    [InlineData("OrdersLate", "rabbitmq queue orders has 120000 ready messages and 0 consumers", "messaging/queue-backlog-growing/SKILL.md")]
    [InlineData("KubeletServerCertificateExpiration", "Kubelet server certificate is about to expire", "network/certificate-expiring/SKILL.md")]
    [InlineData("TrainJob", "rank 3 watchdog caught collective operation timeout, job aborted", "training/gpu-job-failing/SKILL.md")]
    [InlineData("NodeGpuXid", "XID 79 on node gpu-17", "training/gpu-job-failing/SKILL.md")]
    public void An_alert_finds_its_runbook(string name, string summary, string expected) =>
        new RunbookIndex(Read.Runbooks, new RunbookOptions().Floor).Find(Some.RunbookQuery(name, summary), 1)
            .ShouldHaveSingleItem().Path.ShouldBe(expected);

    [Theory]
    [InlineData("BackupMissing", "Nightly backup of the wiki did not run")]
    [InlineData("SSHBruteForce", "Many failed logins from 203.0.113.9")]
    [InlineData("CoolingFanFailure", "Fan 2 of chassis 7 stopped")]
    [InlineData("EmailBounceRate", "bounce rate of newsletters above 4%")]
    [InlineData("FraudScoreDrift", "model score distribution drifted from baseline")]
    [InlineData("Watchdog", "")]
    [InlineData("Flappy", "")]
    [InlineData("BackupFailed", "")]
    [InlineData("Alert 0 of storm", "")]
    public void An_alert_that_none_is_for_finds_none(string name, string summary) =>
        new RunbookIndex(Read.Runbooks, new RunbookOptions().Floor).Find(Some.RunbookQuery(name, summary), 1).ShouldBeEmpty();
}

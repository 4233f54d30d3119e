using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using OpsBot.IntegrationTests.Support;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Slurm;

/// <summary>Jobs of a real Slurm, from the line that a job writes to what becomes of it.</summary>
public sealed class SlurmTests
{
    private static readonly string[] Tokens = ["anas-token-of-some-length", "bos-token-of-some-length"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_that_falls_short_is_resubmitted_once_approved_and_reaches_its_target_and_what_hangs_or_runs_out_of_memory_is_named()
    {
        using var folder = new DataFolder();
        await using var cluster = await SlurmCluster.StartAsync(Directory.CreateDirectory(Path.Combine(folder.Path, "slurm")).FullName, Cancel);
        var runs = Directory.CreateDirectory(Path.Combine(folder.Path, "runs")).FullName;
        var train = folder.Write("train.sh", Script("ranker", runs, """
            for step in $(seq 0 20); do
              awk -v s=$step -v r="${RATE:-0.1}" 'BEGIN { top = r < 0.05 ? 0.82 : 0.7; printf "{\"step\": %d, \"auc\": %.4f}\n", s, top - 0.2 * exp(-s / 3) }'
              sleep 0.1
            done
            sleep 600
            """));
        var hang = folder.Write("hang.sh", Script("hanger", runs, """
            for step in 0 1 2 3; do echo "{\"step\": $step, \"loss\": 2.$step}"; sleep 0.1; done
            sleep 600
            """));
        var memory = folder.Write("memory.sh", Script("eater", runs, """
            echo '{"step": 0, "loss": 2.5}'
            echo 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.'
            exit 1
            """));
        var config = folder.Write("opsbot.yaml", Configuration(cluster, runs, Resubmit(cluster)));
        await using var serve = await OpsBotProcess.ServeAsync(folder, config, Cancel);

        var hanging = await cluster.SubmitAsync(hang, Cancel);
        var eating = await cluster.SubmitAsync(memory, Cancel);
        var first = await cluster.SubmitAsync(train, Cancel);

        await ProblemAsync(folder, hanging, "hang");
        await ProblemAsync(folder, eating, "fault-gpu-out-of-memory");
        var found = await ProblemAsync(folder, first, "off-target");
        // by the last line it was certain; it may have been clear before
        var written = new DateTimeOffset(File.GetLastWriteTimeUtc(Path.Combine(runs, $"{first}.log")));
        (found - written).ShouldBeLessThan(TimeSpan.FromSeconds(7), "an interval and its look");

        var proposal = await ProposalAsync(folder, first);
        (await cluster.RunAsync(Cancel, "squeue", "--noheader", "--states=all", "--format=%j")).Split('\n').Count(name => name == "ranker").ShouldBe(1, "nothing runs before somebody approves");
        await ApproveAsync(folder, config, proposal);
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(folder.Store.Lines($"select status from action_runs where proposal_id = {proposal}") is ["verified"] ? "verified" : null), "its run to be verified", Cancel);

        var reached = await OpsBotProgram.UntilAsync(
            () => Task.FromResult(folder.Store.Lines($"select subject from watches where declared = 'ranker' and status = 'ended' and verdict like '%:\"reached: auc%' and subject <> 'ci/{first}'") is [var job] ? job : null),
            "the second to reach its target", Cancel);
        (await cluster.RunAsync(Cancel, "scontrol", "--oneliner", "show", "job", first)).ShouldContain("JobState=CANCELLED");
        (await cluster.RunAsync(Cancel, "squeue", "--noheader", "--states=all", "--format=%i %j"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.EndsWith(" ranker", StringComparison.Ordinal)).Order()
            .ShouldBe(new[] { first, reached["ci/".Length..] }.Order().Select(job => $"{job} ranker"), "it was submitted once");
        await StaysOffAsync(cluster, hanging);
        await cluster.RunAsync(Cancel, "scancel", "--user=root");
        (await serve.TerminateAsync(Cancel)).ShouldBe(0, serve.Errors);
    }

    [Fact]
    public async Task A_list_of_settings_is_tried_with_one_approval_across_a_kill_until_one_reaches_the_target()
    {
        LongRun.Require();
        using var folder = new DataFolder();
        await using var cluster = await SlurmCluster.StartAsync(Directory.CreateDirectory(Path.Combine(folder.Path, "slurm")).FullName, Cancel);
        var runs = Directory.CreateDirectory(Path.Combine(folder.Path, "runs")).FullName;
        var train = folder.Write("train.sh", Script("ranker", runs, """
            for step in $(seq 0 20); do
              awk -v s=$step -v r="${RATE:-0.1}" 'BEGIN { top = r < 0.02 ? 0.82 : 0.7; printf "{\"step\": %d, \"auc\": %.4f}\n", s, top - 0.2 * exp(-s / 3) }'
              sleep 0.1
            done
            sleep 600
            """));
        var config = folder.Write("opsbot.yaml", Configuration(cluster, runs, $$"""
            {
              description: Train the ranker with the next setting, parameters: { job: { pattern: '[0-9]{1,12}' }, setting: { pattern: '[A-Z]+=[0-9.]+' } }, risk: irreversible,
              target: "slurm-job/{job}", run: {{Slurm(cluster, "next", $", {train}, \"{{setting}}\"")}}, probe: {{Slurm(cluster, "submitted")}}, files: [{{train}}],
              loop: { over: setting, values: [RATE=0.05, RATE=0.01, RATE=0.001], watch: ranker, gpuHours: 40, every: 2s },
              suggest: [{ findings: [off-target], arguments: { job: "{watch.job}" } }]
            }
            """));
        var serve = await OpsBotProcess.ServeAsync(folder, config, Cancel);
        var first = await cluster.SubmitAsync(train, Cancel);
        await ApproveAsync(folder, config, await ProposalAsync(folder, first));
        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(folder.Store.Lines("select count(*) from action_runs where status = 'verified'") is ["1"] ? "one" : null), "the first setting to be submitted", Cancel);
        await serve.KillAsync();
        await serve.DisposeAsync();
        await using var again = await OpsBotProcess.ServeAsync(folder, config, Cancel);

        await OpsBotProgram.UntilAsync(
            () => Task.FromResult(folder.Store.Lines("select status from proposals where status in ('done', 'failed', 'void')") is [var end] ? end : null), "the loop to end", Cancel);

        folder.Store.Lines("select status from proposals order by id").ShouldBe(["done"], "one proposal for all of it");
        var shown = (await cluster.RunAsync(Cancel, "squeue", "--noheader", "--states=all", "--format=%i %T %j")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.EndsWith(" ranker", StringComparison.Ordinal)).Order().Select(line => line.Split(' ')[1]);
        shown.ShouldBe(["CANCELLED", "CANCELLED", "RUNNING"], "the job itself, and two of three settings; none twice");
        folder.Store.Lines("select state from action_runs order by slot").Count.ShouldBe(2);
        string.Join('\n', folder.Store.Lines("select body from messages where kind = 'thread.post-reply'")).ShouldSatisfyAllConditions(
            said => said.ShouldContain("run 1 of 3: RATE=0.05 is submitted as job"), said => said.ShouldContain("Next: RATE=0.01."),
            said => said.ShouldContain("with RATE=0.01 reached: auc"), said => said.ShouldContain("of 40 GPU-hours are used"));
        await cluster.RunAsync(Cancel, "scancel", "--user=root");
        (await again.TerminateAsync(Cancel)).ShouldBe(0, again.Errors);
    }

    /// <summary>A job that is put back into the queue without its node: done once however often it is asked for, and probed as such.</summary>
    private static async Task StaysOffAsync(SlurmCluster cluster, string job)
    {
        var (program, node) = (Path.Combine(OpsBotProgram.Repository(), "deploy", "actions", "bin", "slurm-job"), Dns.GetHostName().Split('.')[0]);
        for (var times = 0; times < 2; times++)
        {
            await cluster.RunAsync(Cancel, program, "elsewhere", job, node);
            await cluster.RunAsync(Cancel, program, "excluded", job, node);
        }

        (await cluster.RunAsync(Cancel, "scontrol", "--oneliner", "show", "job", job)).ShouldSatisfyAllConditions(
            shown => shown.ShouldContain("JobState=PENDING"), shown => shown.ShouldContain($" ExcNodeList={node} "), shown => shown.ShouldContain(" Restarts=1 "));
    }

    private static Task<string> ProposalAsync(DataFolder folder, string job) => OpsBotProgram.UntilAsync(
        () => Task.FromResult(folder.Store.Lines($"select id from proposals where action = 'resubmit' and status = 'open' and state like '%\"{job}\"%'") is [var id] ? id : null),
        "the next setting to be proposed", Cancel);

    private static async Task ApproveAsync(DataFolder folder, string config, string proposal)
    {
        foreach (var token in Tokens)
        {
            var approved = await OpsBotProgram.RunAsync(
                folder, Cancel, "approve", $"PROP-{proposal}", "--version", "1", "--config", config, "--token-file", folder.Write("token", token));
            approved.ExitCode.ShouldBe(0, approved.ToString());
        }
    }

    private static string Slurm(SlurmCluster cluster, string verb, string more = "") =>
        $$"""[/usr/bin/env, "{{cluster.Variable}}", {{Path.Combine(OpsBotProgram.Repository(), "deploy", "actions", "bin", "slurm-job")}}, {{verb}}, "{job}"{{more}}]""";

    private static string Script(string name, string runs, string lines) => $"#!/bin/bash\n#SBATCH --job-name={name}\n#SBATCH --output={runs}/%j.log\n{lines}\n";

    /// <summary>When it was found.</summary>
    private static async Task<DateTimeOffset> ProblemAsync(DataFolder folder, string job, string kind)
    {
        var at = await OpsBotProgram.UntilAsync(
            () => Task.FromResult(folder.Store.Lines($"select f.at from watch_findings f join watches w on w.id = f.watch_id where w.subject = 'ci/{job}' and f.kind = '{kind}' order by f.at limit 1") is [var one] ? one : null),
            $"'{kind}' of job {job}", Cancel);
        return DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(at, CultureInfo.InvariantCulture));
    }

    private static string Resubmit(SlurmCluster cluster) => $$"""
        {
          description: Cancel a job and submit its script again with another setting, parameters: { job: { pattern: '[0-9]{1,12}' }, setting: { pattern: '[A-Z]+=[0-9.]+' } },
          risk: irreversible, target: "slurm-job/{job}", run: {{Slurm(cluster, "resubmit", ", \"{setting}\"")}}, state: {{Slurm(cluster, "state")}}, probe: {{Slurm(cluster, "resubmitted")}},
          suggest: [{ findings: [off-target], arguments: { job: "{watch.job}", setting: RATE=0.01 } }]
        }
        """;

    private static string Configuration(SlurmCluster cluster, string runs, string resubmit)
    {
        var hashes = Tokens.Select(token => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))).ToList();
        string Watch(string name, string goal) =>
            $$"""{ name: {{name}}, training: { {{goal}}, curve: { log: { path: "{{runs}}/{job}.log" } } }, every: 5s, for: 1h, start: { event: { jobs: [{{name}}] } } }""";
        return $$"""
            senders:
              polls: [{ source: slurm, every: 2s, run: [/usr/bin/env, "{{cluster.Variable}}", squeue, --json, --states=all] }]
            people: [{ id: ana, name: Ana, roles: [oncall], token: "sha256:{{hashes[0]}}" }, { id: bo, name: Bo, roles: [oncall], token: "sha256:{{hashes[1]}}" }]
            actions:
              catalog:
                resubmit: {{resubmit.ReplaceLineEndings(" ")}}
            watches:
              - {{Watch("ranker", "metric: auc, target: 0.78, budgetSteps: 20")}}
              - {{Watch("hanger", "hangAfter: 5s")}}
              - {{Watch("eater", "hangAfter: 1h")}}
            """;
    }
}

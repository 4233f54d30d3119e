using OpsBot.Contracts.Events;
using OpsBot.Ingress;
using OpsBot.Ingress.Slurm;

namespace OpsBot.Tests.Ingress.Slurm;

public sealed class SlurmFormatTests
{
    private const string Meta = """ "meta":{"slurm":{"release":"23.11.5","cluster":"c1"}} """;

    [Theory]
    [InlineData("\"FAILED\"", TrainingJobStatus.Failed)]
    [InlineData("[\"FAILED\"]", TrainingJobStatus.Failed)]
    [InlineData("[\"COMPLETING\",\"FAILED\"]", TrainingJobStatus.Failed)]
    [InlineData("[\"RUNNING\",\"COMPLETING\"]", TrainingJobStatus.Running)]
    [InlineData("[\"PENDING\",\"REQUEUED\"]", TrainingJobStatus.Queued)]
    [InlineData("[\"NODE_FAIL\",\"REQUEUED\"]", TrainingJobStatus.Queued)]
    [InlineData("[\"CONFIGURING\",\"RUNNING\"]", TrainingJobStatus.Running)]
    [InlineData("\"CANCELLED by 1000\"", TrainingJobStatus.Cancelled)]
    [InlineData("\"OUT_OF_MEMORY\"", TrainingJobStatus.Failed)]
    [InlineData("\"TIMEOUT\"", TrainingJobStatus.Failed)]
    [InlineData("\"COMPLETED\"", TrainingJobStatus.Succeeded)]
    [InlineData("\"PREEMPTED\"", TrainingJobStatus.Cancelled)]
    [InlineData("\"SOMETHING_NEW\"", TrainingJobStatus.Unknown)]
    public void A_state_is_read_as_a_word_or_a_list(string state, TrainingJobStatus status) => Job(Accounting(state)).Status.ShouldBe(status);

    [Fact]
    public void A_job_of_the_accounting_before_23_is_read()
    {
        var job = Job("""
            {"job_id":71,"cluster":"c1","name":"train-a","user":"mira","nodes":"gpu[01-02,07],login1","state":{"current":"FAILED","reason":"None"},
             "array":{"job_id":70,"task_id":3},"time":{"submission":1740830000,"start":1740830400,"end":1740834000},
             "exit_code":{"status":"ERROR","return_code":1}}
            """);

        job.JobKey.ShouldBe("c1/71");
        (job.Name, job.User, job.ExitCode, job.Reason).ShouldBe(("train-a", "mira", 1, "FAILED"));
        job.Nodes.ShouldBe(["gpu01", "gpu02", "gpu07", "login1"]);
        job.StartedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1740830400));
        job.EndedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1740834000));
        job.OccurredAt.ShouldBe(job.EndedAt);
        (job.Facts["arrayJob"], job.Facts["arrayTask"]).ShouldBe(("70", "3"));
    }

    [Fact]
    public void A_job_of_the_accounting_from_23_on_is_read()
    {
        var job = Job("""
            {"job_id":71,"cluster":"c1","name":"train-a","user":"mira","nodes":"gpu01","state":{"current":["TIMEOUT"],"reason":"TimeLimit"},
             "array":{"job_id":0,"task_id":{"set":false,"infinite":false,"number":0}},"time":{"submission":1740830000,"start":1740830400,"end":1740834000},
             "steps":[{"step":{"id":"71.0","name":"python"},"state":["FAILED"],"nodes":{"range":"gpu01"}}],
             "exit_code":{"status":["SIGNALED"],"return_code":{"set":false,"infinite":false,"number":0},"signal":{"id":{"set":true,"infinite":false,"number":9},"name":"KILL"}}}
            """);

        (job.Status, job.ExitCode, job.Reason).ShouldBe((TrainingJobStatus.Failed, null, "TIMEOUT (TimeLimit)"));
        job.Facts["signal"].ShouldBe("KILL");
        job.Facts["failedStep"].ShouldBe("python: FAILED on gpu01");
        job.Facts.Keys.ShouldNotContain("arrayJob");
        job.Facts["slurmVersion"].ShouldBe("23.11.5");
    }

    [Theory]
    [InlineData("1740830400", "0", "256")]
    [InlineData("{\"set\":true,\"infinite\":false,\"number\":1740830400}", "{\"set\":true,\"infinite\":false,\"number\":0}", "{\"return_code\":{\"set\":true,\"infinite\":false,\"number\":1}}")]
    public void A_job_of_the_queue_is_the_same_job_as_in_the_accounting(string start, string end, string exit)
    {
        var job = Job($$"""
            {"job_id":71,"cluster":"c1","name":"train-a","user_name":"mira","nodes":"gpu01","job_state":["RUNNING"],"state_reason":"None",
             "start_time":{{start}},"end_time":{{end}},"submit_time":1740830000,"exit_code":{{exit}}}
            """);

        (job.JobKey, job.User, job.Status, job.ExitCode).ShouldBe(("c1/71", "mira", TrainingJobStatus.Running, 1));
        job.StartedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1740830400));
        job.EndedAt.ShouldBeNull();
    }

    [Fact]
    public void When_the_queue_says_a_running_job_would_end_it_has_not_ended()
    {
        var job = Job("""{"job_id":71,"cluster":"c1","name":"a","nodes":"","job_state":"RUNNING","start_time":1740830400,"end_time":1740999999}""");

        job.EndedAt.ShouldBeNull();
        job.Nodes.ShouldBeEmpty();
    }

    [Fact]
    public void A_waiting_job_says_what_it_waits_for_and_has_not_begun()
    {
        var job = Job("""{"job_id":71,"cluster":"c1","name":"a","nodes":"","job_state":["PENDING"],"state_reason":"Resources","start_time":{"set":true,"infinite":false,"number":1840830400},"submit_time":{"set":true,"infinite":false,"number":1740830000}}""");

        (job.Status, job.Reason, job.StartedAt).ShouldBe((TrainingJobStatus.Queued, "Resources", null));
        job.OccurredAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1740830000));
    }

    [Fact]
    public void A_job_that_is_suspended_runs_no_more_and_one_that_goes_on_is_news()
    {
        string Queue(string state, int moved) => $$"""{"job_id":71,"cluster":"c1","name":"a","nodes":"gpu01","job_state":["{{state}}"],"start_time":1740830400,"submit_time":1740830000,"suspend_time":{{moved}} }""";
        var all = new[] { Queue("RUNNING", 0), Queue("SUSPENDED", 1740831000), Queue("RUNNING", 1740832000) };

        all.Select(text => Job(text).Status).ShouldBe([TrainingJobStatus.Running, TrainingJobStatus.Queued, TrainingJobStatus.Running]);
        all.Select(text => Job(text).OccurredAt!.Value.ToUnixTimeSeconds()).ShouldBe([1740830400, 1740831000, 1740832000]);
        all.Select(text => Read(text)[0].DeliveryKey).Distinct().Count().ShouldBe(3);
    }

    [Theory]
    [InlineData(""" "tres":{"allocated":[{"type":"cpu","name":"","count":8},{"type":"gres","name":"gpu","count":16}]} """, 16)]
    [InlineData(""" "tres":{"allocated":[{"type":"gres","name":"gpu:v100","count":1},{"type":"gres","name":"gpu:l40s","count":2}]} """, 3)]
    [InlineData(""" "tres":{"allocated":[{"type":"gres","name":"gpu:v100","count":4},{"type":"gres","name":"gpu","count":4}]} """, 4)]
    [InlineData(""" "tres":{"allocated":[{"type":"cpu","name":"","count":8}]} """, 0)]
    [InlineData(""" "tres":{"allocated":[]} """, null)]
    [InlineData(""" "job_state":"RUNNING","tres_alloc_str":"cpu=8,mem=1G,node=2,gres/gpu=4,gres/gpu:a100=4" """, 4)]
    [InlineData(""" "job_state":"RUNNING","tres_alloc_str":"cpu=8,node=2" """, 0)]
    [InlineData(""" "job_state":"PENDING","tres_alloc_str":"" """, null)]
    [InlineData(""" "job_state":"RUNNING" """, null)]
    public void It_is_told_how_many_gpus_a_job_was_given(string members, int? gpus) =>
        Job($$"""{"job_id":71,"cluster":"c1","name":"a","nodes":"","state":{"current":"RUNNING"},"time":{"start":1740830400},{{members}} }""").Gpus.ShouldBe(gpus);

    [Fact]
    public void Each_job_is_a_delivery_that_changes_only_when_the_job_does()
    {
        var first = Read(Accounting("\"RUNNING\"", end: 0), Accounting("\"RUNNING\"", id: 2, end: 0));
        var later = Read(Accounting("\"RUNNING\"", end: 0, elapsed: 99), Accounting("\"FAILED\"", id: 2));

        first.Select(delivery => delivery.DeliveryKey).Distinct().Count().ShouldBe(2);
        later[0].DeliveryKey.ShouldBe(first[0].DeliveryKey);
        later[1].DeliveryKey.ShouldNotBe(first[1].DeliveryKey);
        first.ShouldAllBe(delivery => !delivery.KeyIsOfBody);
    }

    [Fact]
    public void A_job_that_cannot_be_read_costs_only_itself_and_is_read_again_from_what_was_kept()
    {
        var read = Read(Accounting("\"RUNNING\""), """{"job_id":2,"state":{"current":{"a":1}}}""");

        read[0].Outcome.ShouldBeOfType<Normalised.Events>();
        read[1].Outcome.ShouldBeOfType<Normalised.Unreadable>();
        Reader.Read("slurm", read[1].Body.ToArray()).ShouldHaveSingleItem().Outcome.ShouldBeOfType<Normalised.Unreadable>();
    }

    [Theory]
    [InlineData("{\"jobs\":[]}")]
    [InlineData("{\"jobs\":null}")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void A_body_without_jobs_gives_no_event(string body) =>
        Reader.Read("slurm", body).ShouldAllBe(delivery => delivery.Outcome is Normalised.Unreadable || delivery.Outcome is Normalised.Nothing);

    [Theory]
    [InlineData(null, new string[0])]
    [InlineData("None assigned", new string[0])]
    [InlineData("n1", new[] { "n1" })]
    [InlineData("n[08-10],m[1,3]-ib,x", new[] { "n08", "n09", "n10", "m1-ib", "m3-ib", "x" })]
    [InlineData("n[1-", new[] { "n[1-" })]
    [InlineData("n[a-b]", new[] { "na-b" })]
    public void Node_names_are_written_out(string? text, string[] names) => HostList.Expand(text).ShouldBe(names);

    [Fact]
    public void Node_names_without_end_are_bounded() => HostList.Expand("n[0-99999999999]").Count.ShouldBe(200);

    internal static string Accounting(string state, int id = 1, int end = 1740834000, int elapsed = 1) => $$"""
        {"job_id":{{id}},"cluster":"c1","name":"train","user":"mira","nodes":"gpu01","state":{"current":{{state}},"reason":"None"},
         "time":{"elapsed":{{elapsed}},"submission":1740830000,"start":1740830400,"end":{{end}} },"exit_code":{"status":"ERROR","return_code":1} }
        """;

    internal static string Body(params string[] jobs) => "{\"jobs\":[" + string.Join(',', jobs) + "]," + Meta + "}";

    private static IReadOnlyList<ReadDelivery> Read(params string[] jobs) => Reader.Read("slurm", Body(jobs));

    private static TrainingJobReported Job(string job) => Reader.Records<TrainingJobReported>(Read(job).ShouldHaveSingleItem().Outcome).ShouldHaveSingleItem();
}

using OpsBot.Contracts.Events;
using OpsBot.Contracts.Incidents;
using OpsBot.Handlers.Training;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Handlers.Training;

public sealed class RecordTrainingJobTests : IAsyncDisposable
{
    private readonly StoredDesk _desk = new();

    [Fact]
    public async Task A_job_that_failed_is_an_incident_until_it_runs_again()
    {
        await TakeAsync(Job("job-1", TrainingJobStatus.Running, 0), Job("job-1", TrainingJobStatus.Failed, 60));
        (await StatusAsync()).ShouldBe(IncidentStatus.Open);
        await TakeAsync(Job("job-1", TrainingJobStatus.Running, 120));
        (await StatusAsync()).ShouldBe(IncidentStatus.Resolved);
    }

    [Fact]
    public async Task A_later_run_of_the_same_name_makes_it_good_when_it_succeeds_and_not_before()
    {
        await TakeAsync(Job("job-1", TrainingJobStatus.Failed, 60), Job("job-2", TrainingJobStatus.Running, 120, startedAt: 120));
        (await StatusAsync()).ShouldBe(IncidentStatus.Open);
        await TakeAsync(Job("job-2", TrainingJobStatus.Succeeded, 600, startedAt: 120));
        (await StatusAsync()).ShouldBe(IncidentStatus.Resolved);
    }

    [Fact]
    public async Task It_makes_good_every_earlier_run_that_failed()
    {
        await TakeAsync(
            Job("job-1", TrainingJobStatus.Failed, 60), Job("job-2", TrainingJobStatus.Failed, 120), Job("job-3", TrainingJobStatus.Succeeded, 600));
        (await StatusAsync()).ShouldBe(IncidentStatus.Resolved);
        (await _desk.DetailAsync(1)).Incident.Resolved.ShouldBe(2);
    }

    [Theory]
    [InlineData(TrainingJobStatus.Running, 70.0, "ada", "it only runs")]
    [InlineData(TrainingJobStatus.Cancelled, 70.0, "ada", "it was given up")]
    [InlineData(TrainingJobStatus.Succeeded, 30.0, "ada", "it ran beside the one that failed")]
    [InlineData(TrainingJobStatus.Succeeded, 70.0, "bob", "it is somebody else's")]
    public async Task Another_job_of_the_same_name_proves_nothing_when(TrainingJobStatus status, double startedAt, string user, string because)
    {
        await TakeAsync(Job("job-1", TrainingJobStatus.Failed, 60), Job("job-2", status, 600, startedAt, user));
        (await StatusAsync()).ShouldBe(IncidentStatus.Open, because);
    }

    [Fact]
    public async Task A_run_of_another_environment_proves_nothing()
    {
        await TakeAsync(
            Job("job-1", TrainingJobStatus.Failed, 60) with { Environment = "gpu-a" },
            Job("job-2", TrainingJobStatus.Succeeded, 600) with { Environment = "gpu-b" });
        (await StatusAsync()).ShouldBe(IncidentStatus.Open);
        await TakeAsync(Job("job-3", TrainingJobStatus.Succeeded, 700) with { Environment = "GPU-A" });
        (await StatusAsync()).ShouldBe(IncidentStatus.Resolved);
    }

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    private async Task TakeAsync(params TrainingJobReported[] jobs)
    {
        foreach (var job in jobs)
            await _desk.InAsync(scope => RecordTrainingJob.TakeAsync(job, _desk.Desk, scope));
    }

    private async Task<IncidentStatus> StatusAsync() => (await _desk.IncidentsAsync()).ShouldHaveSingleItem().Status;

    private static TrainingJobReported Job(string key, TrainingJobStatus status, double at, double? startedAt = null, string user = "ada") => new()
    {
        Source = "cloudevents",
        Event = "opsbot.training.v1",
        JobKey = $"/slurm#{key}",
        Status = status,
        Name = "ranker",
        User = user,
        OccurredAt = Some.At(at),
        StartedAt = startedAt is { } start ? Some.At(start) : null,
        ReceivedAt = Some.At(at),
    };
}

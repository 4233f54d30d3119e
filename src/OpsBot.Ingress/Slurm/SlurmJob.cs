using System.Globalization;
using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Slurm;

/// <summary>One job of <c>sacct --json</c> or <c>squeue --json</c>, of any version from 21.08 on. The two write the same things in different places.</summary>
internal sealed class SlurmJob(JsonView job, JsonView meta)
{
    private const string Nobody = "None";

    private readonly SlurmState _state = SlurmState.Of(IsAccounting(job) ? job["state"].IsObject ? job["state"]["current"] : job["state"] : job["job_state"]);

    /// <summary>What is new with a job is a new delivery; the same state of the same run never is.</summary>
    public string DeliveryKey => Bounds.Key(string.Create(
        CultureInfo.InvariantCulture,
        $"{Key}#{string.Join('+', _state.All)}/{Started?.ToUnixTimeSeconds()}/{Ended?.ToUnixTimeSeconds()}/{SlurmNumber.Of(job["restart_cnt"])}{(Moved is { } moved ? $"/{moved.ToUnixTimeSeconds()}" : "")}"));

    private string Key => Bounds.Key($"{Cluster}/{Id}");

    private string Cluster => job["cluster"].Text() ?? job["association"]["cluster"].Text() ?? meta["slurm"]["cluster"].Text() ?? "slurm";

    private string Id => job["job_id"].RequiredText();

    // a pending array has one row for its tasks that have not begun
    private long? ArrayTask => SlurmNumber.Of(IsAccounting(job) ? job["array"]["task_id"] : job["array_task_id"]);

    private long? ArrayJob => SlurmNumber.Of(IsAccounting(job) ? job["array"]["job_id"] : job["array_job_id"]) is > 0 and var array ? array : null;

    // squeue: when it was last suspended or went on; without it a job that goes on would be no news
    private DateTimeOffset? Moved => IsAccounting(job) ? null : SlurmNumber.Time(job["suspend_time"]);

    private DateTimeOffset? Started => _state.Status == TrainingJobStatus.Queued && !IsAccounting(job) ? null : SlurmNumber.Time(IsAccounting(job) ? job["time"]["start"] : job["start_time"]);

    // for a job that runs, squeue says here when it would have to end
    private DateTimeOffset? Ended => IsAccounting(job) ? SlurmNumber.Time(job["time"]["end"]) : _state.IsOver ? SlurmNumber.Time(job["end_time"]) : null;

    private DateTimeOffset? Submitted => SlurmNumber.Time(IsAccounting(job) ? job["time"]["submission"] : job["submit_time"]);

    public TrainingJobReported Read()
    {
        var nodes = job["nodes"].Text(Bounds.Description);
        var waitsFor = IsAccounting(job) ? job["state"].IsObject ? job["state"]["reason"].Text() : null : job["state_reason"].Text();
        return new TrainingJobReported
        {
            Source = "slurm",
            Event = IsAccounting(job) ? "sacct --json" : "squeue --json",
            JobKey = Key,
            Status = _state.Status,
            Name = job["name"].Text(),
            User = job["user"].Text() ?? job["user_name"].Text() ?? job["association"]["user"].Text(),
            Reason = Reason(waitsFor),
            ExitCode = ExitCode(job["exit_code"]),
            Nodes = HostList.Expand(nodes),
            Gpus = SlurmGpus.Of(job),
            StartedAt = Started,
            EndedAt = Ended,
            OccurredAt = Ended ?? Moved ?? Started ?? Submitted,
            Facts = new Facts()
                .Add("job", Id)
                .Add("cluster", Cluster)
                .Add("state", string.Join('+', _state.All))
                .Add("reason", waitsFor)
                .Add("nodes", nodes)
                .Add("partition", job["partition"])
                .Add("account", job["account"])
                .Add("qos", job["qos"])
                .Add("arrayJob", ArrayJob?.ToString(CultureInfo.InvariantCulture))
                .Add("arrayTask", ArrayTask?.ToString(CultureInfo.InvariantCulture))
                .Add("signal", Signal(job["exit_code"]))
                .Add("failedNode", job["failed_node"])
                .Add("failedStep", FailedStep())
                .Add("standardOutput", job["stdout_expanded"].Text(Bounds.Url) ?? job["standard_output"].Text(Bounds.Url))
                .Add("workingDirectory", job["working_directory"].Text(Bounds.Url) ?? job["current_working_directory"].Text(Bounds.Url))
                .Add("restarts", SlurmNumber.Of(job["restart_cnt"]) is > 0 and var restarts ? restarts.ToString(CultureInfo.InvariantCulture) : null)
                .Add("slurmVersion", meta["slurm"]["release"].Text() ?? meta["Slurm"]["release"].Text())
                .ToDictionary(),
        };
    }

    /// <summary>Whether the job comes from the accounting (sacct) and not from the queue (squeue).</summary>
    private static bool IsAccounting(JsonView job) => !job["job_state"].Exists;

    /// <summary>Why it stands where it stands: the state's word where it failed, what it waits for where it waits.</summary>
    private string? Reason(string? waitsFor)
    {
        var told = waitsFor is null or Nobody or "" ? null : waitsFor;
        if (_state.Status is TrainingJobStatus.Failed or TrainingJobStatus.Cancelled)
            return told is null || told.Equals(_state.Word, StringComparison.OrdinalIgnoreCase) ? Signal(job["exit_code"]) is { } signal ? $"{_state.Word} (signal {signal})" : _state.Word : $"{_state.Word} ({told})";
        return told;
    }

    // up to 22.05 squeue gives the status of wait(2) in one number: the code stands in its higher byte
    private static int? ExitCode(JsonView exit)
    {
        var code = exit.IsObject && exit["return_code"].Exists ? SlurmNumber.Of(exit["return_code"]) : SlurmNumber.Of(exit) is { } wait ? wait >> 8 : null;
        return code is >= int.MinValue and <= int.MaxValue ? (int)code : null;
    }

    private static string? Signal(JsonView exit)
    {
        if (!exit.IsObject || !exit["signal"].IsObject)
            return null;
        var name = exit["signal"]["name"].Text();
        var id = SlurmNumber.Of(exit["signal"]["id"]) ?? SlurmNumber.Of(exit["signal"]["signal_id"]);
        return name ?? (id is > 0 ? id.Value.ToString(CultureInfo.InvariantCulture) : null);
    }

    private string? FailedStep()
    {
        foreach (var step in job["steps"].Items().Take(Bounds.Entries))
        {
            if (step["state"].Exists && SlurmState.Of(step["state"].IsObject ? step["state"]["current"] : step["state"]) is { Status: TrainingJobStatus.Failed } state)
                return $"{step["step"]["name"].Text() ?? step["step"]["id"].Text() ?? "a step"}: {state.Word}" + (step["nodes"].IsObject && step["nodes"]["range"].Text() is { } on ? $" on {on}" : "");
        }

        return null;
    }
}

using OpsBot.Contracts.Events;
using OpsBot.Ingress.Reading;

namespace OpsBot.Ingress.Slurm;

/// <summary>The state of a job: a word up to 22.05, from 23.02 on a list of the state and of flags beside it.</summary>
internal sealed record SlurmState(string Word, TrainingJobStatus Status, IReadOnlyList<string> All)
{
    // beside these another word says where the job stands
    private static readonly HashSet<string> Flags = new(StringComparer.OrdinalIgnoreCase)
    {
        "COMPLETING", "CONFIGURING", "LAUNCH_FAILED", "POWER_UP_NODE", "RECONFIG_FAIL", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESIZING", "RESV_DEL_HOLD",
        "REVOKED", "SIGNALING", "SPECIAL_EXIT", "STAGE_OUT", "STOPPED", "UPDATE_DB", "EXPEDITING",
    };

    private static readonly Dictionary<string, TrainingJobStatus> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["PENDING"] = TrainingJobStatus.Queued,
        ["CONFIGURING"] = TrainingJobStatus.Queued,
        ["POWER_UP_NODE"] = TrainingJobStatus.Queued,
        ["REQUEUED"] = TrainingJobStatus.Queued,
        ["REQUEUE_FED"] = TrainingJobStatus.Queued,
        ["REQUEUE_HOLD"] = TrainingJobStatus.Queued,
        ["RESV_DEL_HOLD"] = TrainingJobStatus.Queued,
        ["SPECIAL_EXIT"] = TrainingJobStatus.Queued,
        ["RUNNING"] = TrainingJobStatus.Running,
        // it holds its nodes and does nothing
        ["SUSPENDED"] = TrainingJobStatus.Queued,
        ["COMPLETING"] = TrainingJobStatus.Running,
        ["RESIZING"] = TrainingJobStatus.Running,
        ["SIGNALING"] = TrainingJobStatus.Running,
        ["STAGE_OUT"] = TrainingJobStatus.Running,
        ["STOPPED"] = TrainingJobStatus.Running,
        ["COMPLETED"] = TrainingJobStatus.Succeeded,
        ["FAILED"] = TrainingJobStatus.Failed,
        ["TIMEOUT"] = TrainingJobStatus.Failed,
        ["OUT_OF_MEMORY"] = TrainingJobStatus.Failed,
        ["NODE_FAIL"] = TrainingJobStatus.Failed,
        ["BOOT_FAIL"] = TrainingJobStatus.Failed,
        ["DEADLINE"] = TrainingJobStatus.Failed,
        ["LAUNCH_FAILED"] = TrainingJobStatus.Failed,
        ["RECONFIG_FAIL"] = TrainingJobStatus.Failed,
        ["CANCELLED"] = TrainingJobStatus.Cancelled,
        ["PREEMPTED"] = TrainingJobStatus.Cancelled,
        ["REVOKED"] = TrainingJobStatus.Cancelled,
    };

    /// <summary>It is over, whatever squeue says of when it would end.</summary>
    public bool IsOver => Status is TrainingJobStatus.Succeeded or TrainingJobStatus.Failed or TrainingJobStatus.Cancelled;

    /// <exception cref="UnreadableException">There is none.</exception>
    public static SlurmState Of(JsonView value)
    {
        // "CANCELLED by 1000"
        IReadOnlyList<string> all = value.IsArray ? Facts.List(value) : [value.RequiredText()];
        if (all.Count == 0)
            throw value.Missing();
        var words = all.Select(word => word.Split(' ')[0]).ToList();
        var word = words.FirstOrDefault(one => !Flags.Contains(one)) ?? words[0];
        // a job that is on its way back into the queue has the state of the run before beside it
        if (words.Any(one => one.StartsWith("REQUEUE", StringComparison.OrdinalIgnoreCase)))
            return new SlurmState(word, TrainingJobStatus.Queued, all);
        return new SlurmState(word, Words.GetValueOrDefault(word, TrainingJobStatus.Unknown), all);
    }
}

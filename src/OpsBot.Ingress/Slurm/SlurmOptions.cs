namespace OpsBot.Ingress.Slurm;

// senders:
//   slurm: { bearer: "..." }        # what squeue --json or sacct --json prints, posted; or a poll, see PollOptions

/// <summary>Jobs of a Slurm cluster.</summary>
public sealed class SlurmOptions : TokenSenderOptions;

using OpsBot.Contracts.Actions;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;

namespace OpsBot.Actions.Approvals;

/// <summary>What a run asks of the approvals, each inside the run's own transaction.</summary>
public interface IApprovalLedger
{
    /// <summary>
    /// Called in the transaction that journals the intent, and only there. Checks the kill switch, the status of exactly this version, its expiry, the policy,
    /// and that enough live approvals of other people than the proposer bear this hash; then consumes the slot.
    /// </summary>
    /// <param name="version">Must be the newest.</param>
    /// <param name="hash">The binding as it is now: files and state read again under the target's lease, by <see cref="BindingReader.ReadAsync"/>.</param>
    /// <returns>Null when the slot is consumed; otherwise why not, in a sentence for people. Then nothing was changed.</returns>
    Task<string?> ConsumeAsync(StoreTransaction transaction, long proposalId, int version, int slot, string hash, DateTimeOffset now);

    /// <summary>Voids a version and its approvals because what they were bound to changed; tells the thread what did. Idempotent.</summary>
    Task VoidAsync(EffectScope scope, long proposalId, int version, string reason);

    /// <summary>
    /// A run of a slot is over or waits for a person: moves the proposal on, tells the thread, and asks for the next slot where there is one. Idempotent.
    /// After an undone slot of several it is called once more for each earlier slot as that is undone or not; until then the proposal stays running.
    /// </summary>
    Task RunEndedAsync(EffectScope scope, ActionRun run);
}

/// <summary>Stops all actions, at once and until somebody resumes.</summary>
public interface IKillSwitch
{
    Task<ActionSwitch> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Nothing starts after this returns, on any host of the store. What runs already is left to end.</summary>
    Task<Answer> StopAsync(Person person, string reason, CancellationToken cancellationToken);

    Task<Answer> ResumeAsync(Person person, CancellationToken cancellationToken);
}

/// <summary>What a person is told who decided or asked for something. Never an exception: a late, double or forged click gets a plain sentence.</summary>
/// <param name="Accepted">True where it changed something or stands already as asked.</param>
public sealed record Answer(bool Accepted, string Text);

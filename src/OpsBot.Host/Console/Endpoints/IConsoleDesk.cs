using OpsBot.Actions.Approvals;
using OpsBot.Contracts.Actions;
using OpsBot.Host.WebConsole.View;

namespace OpsBot.Host.WebConsole.Endpoints;

/// <summary>What a person does from a page. Each is answered with a sentence, whatever the click was; the rules are those of every other surface.</summary>
internal interface IConsoleDesk
{
    Task<Answer> DecideAsync(DecisionRequest request, CancellationToken cancellationToken);

    Task<Answer> StopAsync(Person person, string reason, CancellationToken cancellationToken);

    Task<Answer> ResumeAsync(Person person, CancellationToken cancellationToken);

    Task<Answer> AcknowledgeAsync(Person person, long incidentId, CancellationToken cancellationToken);

    Task<Answer> ResolveAsync(Person person, long incidentId, CancellationToken cancellationToken);

    /// <summary>The same words as on every chat surface, about the incident whose page it was written on; null on other pages.</summary>
    Task<Answer> SayAsync(Person person, long? incidentId, string text, CancellationToken cancellationToken);

    /// <summary>Mutes that have not ended, the next to end first.</summary>
    Task<IReadOnlyList<MuteRow>> MutesAsync(int limit, CancellationToken cancellationToken);

    /// <param name="key">As in <see cref="MuteRow.Key"/>.</param>
    Task<Answer> UnmuteAsync(Person person, string key, CancellationToken cancellationToken);

    /// <summary>Follows the whole chain: takes as long as the audit is.</summary>
    Task<AuditCheck> VerifyAuditAsync(CancellationToken cancellationToken);
}

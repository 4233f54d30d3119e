using System.Globalization;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.Loops;
using OpsBot.Actions.People;
using OpsBot.Actions.Policy;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Diagnoses;

namespace OpsBot.Actions.Approvals;

/// <summary>What people are told about proposals. One sentence each, with the value and what to do next where there is something.</summary>
internal static class ProposalTexts
{
    public static string Subject(Proposal proposal) => string.Create(CultureInfo.InvariantCulture, $"{proposal.Name} v{proposal.Version}");

    public static string NameOf(IPeople people, string? id) => id switch
    {
        null => "somebody",
        Actors.OpsBot => "OpsBot",
        _ => people.Find(id)?.Name ?? id,
    };

    public static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Roles(IEnumerable<string> roles) => string.Join(" or ", roles) is { Length: > 0 } named ? named : "nobody's role";

    public static string Stopped(ActionSwitch stop, IPeople people) =>
        $"Actions are stopped since {Clock(stop.StoppedAt ?? default)} by {NameOf(people, stop.StoppedBy)}: {stop.Reason ?? "no reason given"}.";

    public static string Denied(string action, PolicyVerdict verdict) => $"The rules do not let {action} run: {verdict.Reason.TrimEnd('.')}.";

    public static string Altered(Proposal proposal) =>
        $"The stored record of {proposal.Name} does not agree with itself: it was changed beside OpsBot. Propose it again, and look at 'opsbot audit verify'.";

    public static string Unknown(string id) => $"'{OneLine.Of(id, 80)}' is nobody whom the configuration names under 'people', so they decide nothing here.";

    public static string NewVersion(Proposal proposal) => string.Create(
        CultureInfo.InvariantCulture, $"{proposal.Name} was changed after you opened it; this is version {proposal.Version} now. Look again.");

    public static string NoVersion(Proposal proposal, int version) => string.Create(
        CultureInfo.InvariantCulture, $"{proposal.Name} has no version {version}; the newest is {proposal.Version}. Look again.");

    public static string OtherHash(Proposal proposal) => string.Create(
        CultureInfo.InvariantCulture, $"What you decided on is not what {proposal.Name} version {proposal.Version} would do. Look again.");

    public static string Expired(Proposal proposal) => $"It expired at {Clock(proposal.ExpiresAt)}.";

    /// <summary>Why a slot may not begin any more.</summary>
    public static string Expired(Proposal proposal, int slot, ActionDefinition? action) => LoopRule.ExpiryOf(proposal, slot, action) is var at && at != proposal.ExpiresAt
        ? $"Its time was over at {Moment(at)}."
        : Expired(proposal);

    public static string WrongRole(Proposal proposal, Person person) =>
        $"{proposal.Name} needs somebody with the role {Roles(proposal.ApproverRoles)}; you have {(person.Roles.Count == 0 ? "none" : string.Join(", ", person.Roles))}.";

    /// <summary>Why nothing can be decided any more.</summary>
    public static string Over(Proposal proposal) => proposal.Status switch
    {
        ProposalStatus.Expired => Expired(proposal),
        ProposalStatus.Refused => $"{proposal.Name} was refused: {proposal.StatusReason}",
        ProposalStatus.Void => $"{proposal.Name} is void: {proposal.StatusReason}",
        ProposalStatus.Running => $"{proposal.Name} is running already.",
        ProposalStatus.Done => $"{proposal.Name} has run already and is done.",
        ProposalStatus.Undone => $"{proposal.Name} has run already and was undone.",
        ProposalStatus.Failed => $"{proposal.Name} has run already and failed: {proposal.StatusReason}",
        _ => $"{proposal.Name} is {proposal.Status.ToString().ToLowerInvariant()}.",
    };

    public static string Approved(Proposal proposal, int live, int quorum) => live >= quorum
        ? $"Approved; {proposal.Name} runs now."
        : string.Create(CultureInfo.InvariantCulture, $"Approved, {live} of {quorum}: {quorum - live} more {(quorum - live == 1 ? "person has" : "people have")} to approve {proposal.Name}.");

    public static string NotEnough(Proposal proposal, int live, int quorum, IReadOnlyList<string> worthless) => string.Create(
        CultureInfo.InvariantCulture,
        $"{proposal.Name} has {live} of the {quorum} {(quorum == 1 ? "approval" : "approvals")} that it needs.{(worthless.Count == 0 ? "" : " " + string.Join(" ", worthless))}");

    /// <summary>What a thread is told of a new version.</summary>
    public static string Proposed(Proposal proposal, IPeople people, int quorum)
    {
        var first = proposal.Slots[0];
        var what = proposal.Loop is { } loop ? Loop(proposal, loop)
            : proposal.Slots.Count == 1 ? first.Target : string.Create(CultureInfo.InvariantCulture, $"{proposal.Slots.Count} targets, {first.Target} first");
        var version = proposal.Version == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" (version {proposal.Version})");
        var risk = proposal.Risk == ActionRisk.Irreversible ? "It cannot be undone." : "It can be undone.";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{proposal.Name}{version}, proposed by {NameOf(people, proposal.ProposedBy)}: {proposal.Title} ({what}). {proposal.Why.TrimEnd('.', ' ')}. {risk} Needs {quorum} × {Roles(proposal.ApproverRoles)} before {Clock(proposal.ExpiresAt)}: 'approve {proposal.Name} v{proposal.Version}'");
    }

    private static string Loop(Proposal proposal, ProposalLoop loop) => string.Create(
        CultureInfo.InvariantCulture,
        $"{proposal.Slots[0].Target}, one after the other: {string.Join(", ", proposal.Slots.Select(slot => slot.Arguments.GetValueOrDefault(loop.Over)))}; until '{loop.Watch}' is reached{(loop.GpuHours is { } hours ? $", {hours:0.##} GPU-hours are used" : "")} or it is {Moment(loop.Until)}");

    /// <summary>What a thread is told where a person has to look.</summary>
    public static string LookNext(Proposal proposal) => $"Somebody with the role {Roles(proposal.ApproverRoles)} has to look now.";
}

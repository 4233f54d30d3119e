using FsCheck;
using FsCheck.Fluent;
using OpsBot.Actions.Approvals;
using OpsBot.Actions.Catalog;
using OpsBot.Actions.People;
using OpsBot.Actions.Policy;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Diagnoses;
using OpsBot.Contracts.Messages;
using OpsBot.Storage.Approvals;
using OpsBot.Storage.Messages;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Approvals;

/// <summary>Whatever happens, in whatever order, these hold of a proposal.</summary>
public sealed class ProposalFlowProperties
{
    private static readonly string[] Names = ["ana", "ben", "cleo", "dev", "nobody", Actors.OpsBot];

    [Fact]
    public void A_slot_is_only_consumed_with_enough_approvals_of_other_people_that_bear_its_hash() => Holds(run =>
    {
        foreach (var (before, step) in run.Consumed)
        {
            var counted = before.Approvals.Where(approval =>
                approval is { Approved: true, VoidedBecause: null } && approval.Hash == before.Proposal.Binding.Hash && approval.Person is "ben" or "cleo");
            counted.Select(approval => approval.Person).Distinct().Count().ShouldBeGreaterThanOrEqualTo(run.Quorum);
            before.Approvals.ShouldNotContain(approval => !approval.Approved);
            step.Hash.ShouldBe(before.Proposal.Binding.Hash);
            step.Switch.IsStopped.ShouldBeFalse();
            step.At.ShouldBeLessThan(before.Proposal.ExpiresAt);
        }
    });

    [Fact]
    public void A_slot_is_consumed_once_and_in_order_after_those_before_it_are_verified() => Holds(run =>
    {
        run.Consumed.Select(one => one.Step.Slot).ShouldBe(Enumerable.Range(1, run.Consumed.Count));
        foreach (var (before, _) in run.Consumed)
            before.Used.ShouldAllBe(used => used.Outcome == RunStatus.Verified);
    });

    [Fact]
    public void What_is_over_stays_over() => Holds(run =>
    {
        var over = run.States.SkipWhile(state => !ProposalFlow.IsOver(state.Proposal.Status)).Select(state => state.Proposal.Status).ToList();
        over.Distinct().Count().ShouldBeLessThanOrEqualTo(1);
    });

    [Fact]
    public void A_refusal_beats_any_number_of_approvals() => Holds(run =>
    {
        var refused = run.States.FindIndex(state => state.Approvals.Any(approval => !approval.Approved));
        if (refused < 0)
            return;
        run.ConsumedAt.ShouldAllBe(at => at < refused);
        run.States[^1].Proposal.Status.ShouldNotBe(ProposalStatus.Approved);
    });

    [Fact]
    public void Each_slot_is_asked_for_once_and_no_reply_is_given_twice() => Holds(run =>
    {
        run.Messages.Where(message => message.Kind == RunProposal.Kind).Select(message => message.Body).ShouldBeUnique();
        run.Messages.Select(message => message.As<PostReply>()).OfType<PostReply>().Select(reply => reply.DeliveryId).ShouldBeUnique();
    });

    [Fact]
    public void Nobody_decides_twice_and_the_proposer_never_approves() => Holds(run =>
    {
        foreach (var state in run.States)
        {
            state.Approvals.Select(approval => approval.Person).ShouldBeUnique();
            state.Approvals.ShouldNotContain(approval => approval.Approved && approval.Person != "ben" && approval.Person != "cleo");
        }
    });

    [Fact]
    public void What_is_not_accepted_changes_nothing() => Holds(run => run.Refused.ShouldAllBe(pair => ReferenceEquals(pair.Before, pair.After)));

    private static void Holds(Action<Played> property)
    {
        var games =
            from slots in Gen.Choose(1, 3)
            from irreversible in Gen.Elements(false, true)
            from steps in Step(slots).ListOf(30)
            select new Played(slots, irreversible, steps);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Arb.From(games), property));
    }

    /// <summary>Mostly what is right at that point, so that sequences get far; a part of it forged, late or double.</summary>
    private static Gen<Move> Step(int slots) =>
        from kind in Gen.Frequency(
            (6, Gen.Constant("approve")), (1, Gen.Constant("refuse")), (8, Gen.Constant("consume")), (8, Gen.Constant("end")), (1, Gen.Constant("expire")),
            (2, Gen.Constant("void")))
        from person in Gen.Frequency((4, Gen.Elements("ben", "cleo")), (2, Gen.Elements(Names)))
        from minutes in Gen.Frequency((20, Gen.Constant(0)), (3, Gen.Choose(1, 8)), (1, Gen.Constant(40)))
        from right in Gen.Frequency((9, Gen.Constant(true)), (1, Gen.Constant(false)))
        from stopped in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        from version in Gen.Frequency((12, Gen.Constant(1)), (1, Gen.Choose(-1, 3)))
        from slot in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Choose(-1, slots + 1)))
        from outcome in Gen.Frequency(
            (8, Gen.Constant(RunStatus.Verified)), (2, Gen.Elements(RunStatus.Undone, RunStatus.Failed, RunStatus.Unknown, RunStatus.Refused, RunStatus.Exited)))
        select new Move(kind, person, minutes, right, stopped, version, slot, outcome);

    /// <param name="Slot">0 for the next one, or the one at work.</param>
    private sealed record Move(string Kind, string Person, int Minutes, bool Right, bool Stopped, int Version, int Slot, RunStatus Outcome);

    /// <summary>A sequence played through the flow, with all that came of it.</summary>
    private sealed class Played
    {
        private static readonly IPeople People = new ConfiguredPeople(
            Some.People(Some.PersonOptions("ana", "sre"), Some.PersonOptions("ben", "sre"), Some.PersonOptions("cleo", "sre"), Some.PersonOptions("dev", "developer")));

        private readonly ActionDefinition _definition = Some.ActionDefinition();

        public Played(int slots, bool irreversible, IEnumerable<Move> moves)
        {
            Quorum = irreversible ? 2 : 1;
            var proposal = Some.Proposal(slots, irreversible ? ActionRisk.Irreversible : ActionRisk.Reversible, _definition.Hash);
            var result = ProposalFlow.Apply(null, new Proposed(Some.Start, proposal), People);
            Messages.AddRange(result.Messages);
            States.Add(result.State);
            var now = Some.Start;
            foreach (var move in moves)
            {
                now += TimeSpan.FromMinutes(move.Minutes);
                Play(move, now);
            }
        }

        public int Quorum { get; }

        public List<ProposalState> States { get; } = [];

        public List<NewMessage> Messages { get; } = [];

        public List<(ProposalState Before, SlotAsked Step)> Consumed { get; } = [];

        public List<int> ConsumedAt { get; } = [];

        public List<(ProposalState Before, ProposalState After)> Refused { get; } = [];

        private void Play(Move move, DateTimeOffset now)
        {
            var before = States[^1];
            var happened = Event(move, before, now);
            var result = ProposalFlow.Apply(before, happened, People);
            if (!result.Answer.Accepted)
                Refused.Add((before, result.State));
            if (happened is SlotAsked asked && result.Answer.Accepted)
            {
                Consumed.Add((before, asked));
                ConsumedAt.Add(States.Count);
            }

            Messages.AddRange(result.Messages);
            States.Add(result.State);
        }

        private ProposalEvent Event(Move move, ProposalState state, DateTimeOffset now)
        {
            var hash = move.Right ? state.Proposal.Binding.Hash : "another";
            var stop = move.Stopped ? new ActionSwitch(now, "ana", "migration") : new ActionSwitch(null, null, null);
            var used = state.Used.Count;
            return move.Kind switch
            {
                "approve" or "refuse" => new Decided(now, move.Person, move.Version, hash, move.Kind == "approve", null, stop),
                "consume" => new SlotAsked(
                    now, move.Slot == 0 ? used + 1 : move.Slot, hash, stop, _definition, new PolicyVerdict(PolicyDecision.Allow, 1, ["sre"], "")),
                "end" => new RunEnded(now, Some.Run(state.Proposal, move.Slot == 0 ? Math.Max(1, used) : move.Slot, move.Outcome)),
                "expire" => new TimeRanOut(now),
                _ => new Voided(now, "it changed."),
            };
        }
    }
}

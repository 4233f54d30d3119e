using OpsBot.Actions.Approvals;
using OpsBot.Actions.Closing;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;
using OpsBot.Contracts.Ports;
using OpsBot.Host.Rehearsal;

namespace OpsBot.Host.Demo;

/// <summary>
/// The end of the demo: the proposal is put before a person; once approved it runs, is verified or undone, the incident is closed through its
/// gate, and what it taught is shown. Everything goes the way that <c>serve</c> goes: the desk, the ledger, the supervisor, the gates.
/// </summary>
/// <param name="approves">True where the person approves without being asked, as <c>--approve-as</c> says.</param>
/// <param name="breaks">True where the rollback is to make things worse: it has to be undone.</param>
/// <param name="resolution">What the senders say once it is over.</param>
internal sealed class DemoFinale(
    ToyDeployment toy, DemoPerson who, bool approves, bool breaks, Func<IReadOnlyList<RehearsalDelivery>> resolution) : IRehearsalFinale
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public async Task<bool> PlayAsync(RehearsalRun run, CancellationToken cancellationToken)
    {
        if (await run.Get<IActionReader>().ProposalsAsync(incidentId: null, [ProposalStatus.Open], 1, cancellationToken) is not [var open])
        {
            Console.WriteLine("\nNo action is proposed: no action of the catalog answers what was found.");
            return !approves;
        }

        var proposal = open.Proposal;
        Console.WriteLine($"\n{proposal.Name} waits for a person. {await StandingAsync(cancellationToken)}"
            + "\nIts gates run with 'insecure: true': here they lie in a folder that you may write to; elsewhere OpsBot refuses to start with such gates.");
        if (run.Once && !approves)
        {
            return true;
        }

        if (!await DecideAsync(run, proposal, cancellationToken))
        {
            return false;
        }

        var over = await WaitAsync(
            run, async () => (await run.Get<IActionReader>().FindProposalAsync(proposal.Id, version: null, cancellationToken))!,
            view => !ProposalWords.IsLive(view.Proposal), run.Once, cancellationToken);
        await SayHowItEndedAsync(run, over, cancellationToken);
        return over.Proposal.Status switch
        {
            ProposalStatus.Done => await CloseAsync(run, proposal, cancellationToken) && !breaks,
            ProposalStatus.Undone => breaks && await toy.ReleaseAsync(cancellationToken) == ToyDeployment.Broken && SameState(over),
            _ => false,
        };
    }

    private async Task<bool> DecideAsync(RehearsalRun run, Proposal proposal, CancellationToken cancellationToken)
    {
        if (!approves)
        {
            Console.WriteLine($"\nApprove it at {run.Console}incidents/{Names.Incident(proposal.IncidentId ?? 0)} (log in with {who.Token})"
                + (Console.IsInputRedirected ? "." : ", or here: approve? [y/N] "));
            if (Console.IsInputRedirected)
            {
                return true;
            }

            return await AskedAsync(run, proposal, cancellationToken);
        }

        Say(await ApproveAsync(run, proposal, cancellationToken));
        return true;
    }

    /// <summary>Waits for a line in the terminal or for a decision in the console, whichever is first.</summary>
    private async Task<bool> AskedAsync(RehearsalRun run, Proposal proposal, CancellationToken cancellationToken)
    {
        var line = Task.Run(Console.ReadLine, cancellationToken);
        var decided = WaitAsync(
            run, async () => (await run.Get<IActionReader>().FindProposalAsync(proposal.Id, version: null, cancellationToken))!,
            view => view.Proposal.Status != ProposalStatus.Open, limited: false, cancellationToken);
        if (await Task.WhenAny(line, decided) == decided)
        {
            return true;
        }

        var yes = (await line)?.Trim() is "y" or "Y" or "yes";
        if (yes)
        {
            Say(await ApproveAsync(run, proposal, cancellationToken));
        }
        else
        {
            Console.WriteLine("Not approved: nothing runs. You can still decide in the console.");
        }

        return true;
    }

    private Task<Answer> ApproveAsync(RehearsalRun run, Proposal proposal, CancellationToken cancellationToken) => run.Get<ProposalDesk>().DecideAsync(
        new DecisionRequest(proposal.Id, proposal.Version, proposal.Binding.Hash, who.Id, Approve: true), cancellationToken);

    private async Task SayHowItEndedAsync(RehearsalRun run, ProposalView over, CancellationToken cancellationToken)
    {
        Console.WriteLine($"\n{over.Proposal.Name} is {ProposalWords.Word(over.Proposal.Status)}.");
        foreach (var one in over.Runs)
        {
            Console.WriteLine($"  {one.Name}: {PlainText.Line(ProposalWords.Run(one), 400)}");
        }

        // the rate is of the last two seconds; what was served before the end would blur it
        await Task.Delay(TimeSpan.FromSeconds(3), run.Clock, cancellationToken);
        Console.WriteLine(await StandingAsync(cancellationToken));
    }

    /// <summary>A person closes it through the gate; then the senders say that it is over, as they would.</summary>
    private async Task<bool> CloseAsync(RehearsalRun run, Proposal proposal, CancellationToken cancellationToken)
    {
        var id = proposal.IncidentId!.Value;
        var person = run.Get<IPeople>().Find(who.Id)!;
        Console.WriteLine();
        Say((await run.Get<IncidentRequests>().ResolveAsync(person, id, cancellationToken)).Answer);
        if (!await run.SettleAsync(cancellationToken))
        {
            return false;
        }

        var closed = (await run.Get<IIncidentReader>().FindAsync(id, cancellationToken))!.Incident.Status == IncidentStatus.Resolved;
        var complete = closed && await run.SendAsync(resolution(), cancellationToken) && await run.SettleAsync(cancellationToken);
        if (complete && await run.Get<IOutcomeMemory>().FindAsync(id, cancellationToken) is { } outcome)
        {
            Console.WriteLine($"\nRemembered of {Names.Incident(id)}: {Lesson(outcome)}\nThe next incident like it shows this, and its proposal comes first.");
            return true;
        }

        return false;
    }

    private static string Lesson(Outcome outcome) => outcome.Fixed is [var run, ..]
        ? $"{run.Action} on {run.Target} fixed it in {Wording.Length(outcome.Duration)}."
        : $"over after {Wording.Length(outcome.Duration)}.";

    /// <summary>True where every run found the state that it left.</summary>
    private static bool SameState(ProposalView over) => over.Runs.All(run => run.Status == RunStatus.Undone);

    private async Task<string> StandingAsync(CancellationToken cancellationToken)
    {
        var release = await toy.ReleaseAsync(cancellationToken);
        return $"The toy deployment serves {release}; {await toy.ErrorRateAsync(cancellationToken) ?? "?"} % of its requests fail.";
    }

    private static void Say(Answer answer) => Console.WriteLine(PlainText.Line(answer.Text, 400));

    private static async Task<T> WaitAsync<T>(
        RehearsalRun run, Func<Task<T>> look, Func<T, bool> done, bool limited, CancellationToken cancellationToken)
    {
        var begun = run.Clock.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (done(seen) || (limited && run.Clock.GetElapsedTime(begun) > Patience))
            {
                return seen;
            }

            await Task.Delay(Look, run.Clock, cancellationToken);
        }
    }
}

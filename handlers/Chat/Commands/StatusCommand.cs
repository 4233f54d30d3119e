using System.Globalization;
using System.Text;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Ports;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>How things stand: of one incident, or of all that are not resolved.</summary>
public sealed class StatusCommand(IIncidentReader incidents, WhichIncident which, ReadableHere readable, IActionReader actions, ReadableMutes mutes) : IChatCommand
{
    private const int Shown = 10;
    private const int Looked = 200;
    private const int MostMutes = 5;

    public string Word => "status";

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken)
    {
        if (asked.IncidentId is null && !asked.Command.Arguments.Any(WhichIncident.IsName))
            return ChatDeed.Say(await AllAsync(asked.Asker, cancellationToken));
        var (detail, problem) = await which.FindAsync(asked, mayGuess: true, cancellationToken);
        return detail is null ? ChatDeed.Say(problem!, onlyAsker: true) : ChatDeed.Of(One(detail));
    }

    private static Said One(IncidentDetail detail)
    {
        var incident = detail.Incident;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{incident.Name}: {CardBuilder.TitleOf(incident).Value}\n");
        text.Append(CultureInfo.InvariantCulture, $"{Wording.State(incident)}, {Wording.Word(incident.Severity)}, {incident.Environment}; started {Wording.Utc(incident.StartedAt)}\n");
        text.Append(CultureInfo.InvariantCulture, $"Alerts: {incident.Firing} firing, {incident.Acknowledged} acknowledged, {incident.Resolved} resolved\n");
        text.Append(CultureInfo.InvariantCulture, $"Cause: {Cause(detail)}");
        var waiting = detail.Proposals.Where(view => ProposalWords.IsLive(view.Proposal)).ToList();
        foreach (var view in waiting.Take(3))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n{view.Proposal.Name}: {view.Proposal.Action} on {ProposalWords.Targets(view.Proposal)}, {ProposalWords.Word(view.Proposal.Status)}; {ProposalWords.Approved(view)}");
        }

        return new Said(text.ToString()) { Decisions = [.. waiting.Where(view => view.Proposal.Status == ProposalStatus.Open).Take(2).Select(Decision)] };
    }

    /// <summary>What buttons are made of.</summary>
    internal static AnswerDecision Decision(ProposalView view) => new(
        view.Proposal.Id, view.Proposal.Version, $"{view.Proposal.Action} on {ProposalWords.Targets(view.Proposal)}", ProposalWords.Approved(view));

    private static string Cause(IncidentDetail detail) => detail.Diagnosis is not { Report: var report }
        ? CardBuilder.DiagnosisIsRunning(detail) ? "a diagnosis is running" : "nobody has looked yet"
        : report.Causes.MinBy(each => each.Rank) is { } cause
            ? $"{cause.Statement} ({Wording.Percent(cause.Confidence)}); 'why' tells more"
            : "none named; 'why' tells what was looked at";

    private async Task<string> AllAsync(Asker asker, CancellationToken cancellationToken)
    {
        var live = await readable.FirstAsync(
            asker, await incidents.ListAsync([IncidentStatus.Open, IncidentStatus.Acknowledged], Looked, 0, cancellationToken), Shown + 1, cancellationToken);
        var text = new StringBuilder(live.Count == 0 ? "No incident is open." : "Not resolved:");
        foreach (var incident in live.Take(Shown))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n{incident.Name} {Wording.State(incident)}, {Wording.Word(incident.Severity)}: {CardBuilder.TitleOf(incident).Value}{(incident.Service is { } service ? $" ({service})" : "")}");
        }

        if (live.Count > Shown)
            text.Append("\n… and more; the console lists all of them.");
        var kill = await actions.SwitchAsync(cancellationToken);
        if (kill.IsStopped)
            text.Append(CultureInfo.InvariantCulture, $"\nActions are stopped by {kill.StoppedBy ?? "nobody we know"}: {kill.Reason}");
        foreach (var mute in await mutes.FirstAsync(asker, MostMutes, cancellationToken, live))
            text.Append('\n').Append(Muting.Words(mute));
        return text.ToString();
    }
}

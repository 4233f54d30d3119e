using System.Globalization;
using System.Text;
using OpsBot.Chat.Cards;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Memory;
using OpsBot.Contracts.Ports;
using OpsBot.Knowledge;
using OpsBot.Runtime.Search;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Searches runbooks and past incidents. Nothing of what it finds is followed: it is shown, with where it comes from.</summary>
public sealed class FindCommand(IRunbookFinder runbooks, IIncidentReader incidents, IOutcomeMemory memory, ReadableHere readable) : IChatCommand
{
    private const int Runbooks = 3;
    private const int Incidents = 3;
    private const int Searched = 500;

    public string Word => "find";

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken) => asked.Command.Rest.Length == 0
        ? ChatDeed.Say("Find what? Write for example: find connection pool payments", onlyAsker: true)
        : ChatDeed.Say(await SearchAsync(asked.Command.Rest, asked.Asker, cancellationToken));

    /// <summary>What is known about some words, as text.</summary>
    public async Task<string> SearchAsync(string words, Asker asker, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var match in runbooks.Find(new RunbookQuery(null, words, null, null, new Dictionary<string, string>()), Runbooks))
        {
            text.Append(CultureInfo.InvariantCulture, $"Runbook {match.Title} ({match.Path})");
            text.Append(match.FirstStep.Length > 0 ? $": first, {PlainText.Line(match.FirstStep, CardLimits.Excerpt).Value}\n" : "\n");
        }

        foreach (var (incident, taught) in await PastAsync(words, asker, cancellationToken))
        {
            text.Append(CultureInfo.InvariantCulture, $"{incident.Name} ({Wording.State(incident)}, {Wording.Utc(incident.StartedAt)}): {CardBuilder.TitleOf(incident).Value}");
            text.Append(taught is null ? "\n" : $"; {Lesson(taught)}\n");
        }

        return text.Length > 0
            ? text.ToString().TrimEnd()
            : $"Nothing that is kept here speaks of '{PlainText.Line(words, 80).Value}': runbooks and past incidents were searched.";
    }

    private async Task<IReadOnlyList<(Incident Incident, Outcome? Taught)>> PastAsync(string words, Asker asker, CancellationToken cancellationToken)
    {
        var all = await incidents.ListAsync([], Searched, 0, cancellationToken);
        var taught = (await memory.ListAsync(Searched, cancellationToken)).ToDictionary(outcome => outcome.IncidentId);
        var texts = all.Select(incident => Text(incident, taught.GetValueOrDefault(incident.Id))).ToList();
        var best = await readable.FirstAsync(asker, TextRanking.Rank(texts, words, Searched).Select(at => all[at]), Incidents, cancellationToken);
        return [.. best.Select(incident => (incident, taught.GetValueOrDefault(incident.Id)))];
    }

    private static string Text(Incident incident, Outcome? taught) => string.Join(
        ' ',
        [
            incident.Name, incident.Title, incident.Service, .. incident.Services, incident.Environment,
            .. taught?.Causes.Select(cause => cause.Statement) ?? [], .. taught?.Fixed.Select(run => $"{run.Action} {run.Title} {run.Target}") ?? [],
            .. taught?.Said ?? [],
        ]);

    private static string Lesson(Outcome outcome)
    {
        string?[] parts =
        [
            outcome.Causes is [var cause, ..] ? $"cause: {PlainText.Line(cause.Statement, CardLimits.Excerpt).Value}" : null,
            outcome.Fixed is [var run, ..] ? $"{run.Action} on {run.Target} fixed it in {Wording.Length(outcome.Duration)}" : null,
        ];
        return parts.OfType<string>().ToList() is { Count: > 0 } told ? string.Join("; ", told) : $"over after {Wording.Length(outcome.Duration)}";
    }
}

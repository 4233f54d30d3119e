using OpsBot.Actions.Audit;
using OpsBot.Chat.Cards;
using OpsBot.Chat.Commands;
using OpsBot.Contracts.Actions;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Handlers.Watches;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Watches.Canaries;
using OpsBot.Watches.Declared;
using OpsBot.Watches.Desk;

namespace OpsBot.Handlers.Chat.Commands;

/// <summary>Keeps an eye on a metric or a training job for somebody, and says how that goes.</summary>
public sealed class WatchCommand(
    IWatchReader watches, WatchDesk desk, DeclaredWatches declared, CanaryWatches canaries, JobWatches jobs, ReadableHere readable, IIncidentReader incidents, IAuditTrail audit, StoreClock clock) : IChatCommand
{
    private const int Shown = 15;
    private const int Looked = 200;
    private const int Findings = 8;

    private const string NotHere = "What it watches is not told of here, so it did not begin; say it on the console, which shows everything.";

    public string Word => "watch";

    public async Task<ChatDeed> DoAsync(Asked asked, CancellationToken cancellationToken)
    {
        var request = WatchRequestParser.Parse(asked.Command.Rest);
        if (request is not (WatchRequest.List or WatchRequest.Change { Verb: "show" } or WatchRequest.Unreadable) && asked.Asker.Person is null)
            return ChatDeed.Say(HelpCommand.Stranger(asked.Asker), onlyAsker: true);
        return request switch
        {
            WatchRequest.List list => ChatDeed.Say(await ListAsync(asked.Asker, list.IsAll, cancellationToken)),
            WatchRequest.Change { Verb: "show" } show => await ShowAsync(asked.Asker, show.Name, cancellationToken),
            WatchRequest.Change change => await ChangeAsync(asked, change, cancellationToken),
            WatchRequest.Start start => Start(asked, start),
            WatchRequest.Canary canary => StartCanary(asked, canary),
            WatchRequest.Query query => await BeginAsync(asked, query.Terms, terms => Task.FromResult(QueryWatches.Make(
                terms, source: null, query.Expr, query.Op, query.Value, query.Terms.InRow ?? 1, query.Until, clock.GetUtcNow())), cancellationToken),
            WatchRequest.Job job => await BeginAsync(asked, job.Terms, terms => jobs.MakeAsync(terms, job, clock.GetUtcNow(), cancellationToken), cancellationToken),
            WatchRequest.Unreadable unreadable => ChatDeed.Say(unreadable.Problem, onlyAsker: true),
            _ => ChatDeed.Say(WatchRequestParser.Examples, onlyAsker: true),
        };
    }

    private async Task<string> ListAsync(Asker asker, bool all, CancellationToken cancellationToken)
    {
        var known = await watches.ListAsync(all ? [] : [WatchStatus.Running, WatchStatus.Paused], Looked, cancellationToken);
        var lines = new List<string>();
        foreach (var watch in known)
        {
            if (lines.Count < Shown && await MayReadAsync(asker, watch, cancellationToken))
                lines.Add(WatchWords.Line(watch));
        }

        var idle = declared.All.Where(one => one.Start is { Cron: null, Event: null, Deploy: null }).Select(one => $"\"{one.Name}\"").Take(Shown).ToList();
        return (lines.Count == 0 ? $"Nothing is watched. Write for example:\n{WatchRequestParser.Examples}" : string.Join('\n', lines))
            + (known.Count > lines.Count && lines.Count == Shown ? $"\nand more: 'opsbot watch list' has them all" : "")
            + (idle.Count > 0 && asker.Person is not null ? $"\nDeclared, begun by 'watch start': {string.Join(", ", idle)}" : "");
    }

    private async Task<ChatDeed> ShowAsync(Asker asker, string name, CancellationToken cancellationToken)
    {
        var (watch, problem) = await FindAsync(asker, name, cancellationToken);
        return watch is null
            ? ChatDeed.Say(problem!, onlyAsker: true)
            : ChatDeed.Say(WatchWords.Full(
                watch, await watches.FindingsAsync(watch.Id, Findings, cancellationToken), await watches.IncidentOfAsync(watch.Id, cancellationToken)));
    }

    private async Task<ChatDeed> ChangeAsync(Asked asked, WatchRequest.Change change, CancellationToken cancellationToken)
    {
        var (watch, problem) = await FindAsync(asked.Asker, change.Name, cancellationToken);
        if (watch is null)
            return ChatDeed.Say(problem!, onlyAsker: true);
        var person = asked.Person;
        return new ChatDeed(async scope =>
        {
            var answer = change.Verb switch
            {
                "pause" => await desk.PauseAsync(watch.Id, person.Name, scope),
                "resume" => await desk.ResumeAsync(watch.Id, person.Name, scope),
                "extend" => await desk.ExtendAsync(watch.Id, change.By!.Value, person.Name, scope),
                _ => await desk.StopAsync(watch.Id, person.Name, change.Rest, scope),
            };
            if (answer.Accepted)
                await NoteAsync(scope, $"watch-{change.Verb}", person, answer.Watch!);
            return new Said(answer.Text, OnlyAsker: !answer.Accepted);
        });
    }

    private ChatDeed Start(Asked asked, WatchRequest.Start start)
    {
        if (declared.Find(start.Name) is not { } one)
        {
            var near = CommandParser.Nearest(start.Name, declared.All.Select(each => each.Name));
            return ChatDeed.Say(
                declared.All.Count == 0
                    ? "The configuration declares no watches under 'watches'."
                    : $"The configuration declares no watch '{PlainText.Line(start.Name, 60)}'{(near is null ? $"; there are {string.Join(", ", declared.All.Take(Shown).Select(each => $"\"{each.Name}\""))}." : $"; did you mean \"{near}\"?")}",
                onlyAsker: true);
        }

        if (!readable.MayAbout(asked.Asker, one.Service))
            return ChatDeed.Say(NotHere, onlyAsker: true);
        return new ChatDeed(async scope => await StartedAsync(
            asked, await declared.StartAsync(
                one, asked.Person.Id, start.Words.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal), asked.IncidentId, asked.Asker.Place, scope), scope));
    }

    private ChatDeed StartCanary(Asked asked, WatchRequest.Canary canary)
    {
        if (canaries.Find(canary.Service) is not { } one)
        {
            var known = declared.All.Where(each => each.Canary is not null).Select(each => each.Service ?? each.Name).Take(Shown).ToList();
            return ChatDeed.Say(
                $"Nobody said what a canary of '{PlainText.Line(canary.Service, 60)}' is compared by. "
                + (known.Count == 0 ? "Declare a watch with 'canary' under 'watches': docs/canaries.md." : $"There are canaries of {string.Join(", ", known)}."),
                onlyAsker: true);
        }

        var words = canary.Words.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal);
        words.TryAdd("service", one.Service ?? canary.Service);
        words.TryAdd("environment", EnvironmentNames.Of(canary.Terms.Environment));
        return new ChatDeed(async scope => await StartedAsync(
            asked, await declared.StartAsync(one, asked.Person.Id, words, asked.IncidentId, asked.Asker.Place, scope, new WatchPace(canary.Terms.Every, canary.Terms.For)), scope));
    }

    private async Task<ChatDeed> BeginAsync(Asked asked, WatchRequest.Timing terms, Func<WatchTerms, Task<Watch>> make, CancellationToken cancellationToken)
    {
        var incident = asked.IncidentId is { } id ? (await incidents.FindAsync(id, cancellationToken))?.Incident : null;
        Watch watch;
        try
        {
            watch = (await make(new WatchTerms(
                null, terms.Every ?? QueryWatches.Interval, terms.For ?? QueryWatches.For, QueryWatches.BlindAfter, asked.Person.Id,
                EnvironmentNames.Of(terms.Environment) ?? incident?.Environment ?? "", incident?.Service))) with
            {
                AttachedTo = incident?.Id,
                Place = asked.Asker.Place,
            };
        }
        catch (FormatException problem)
        {
            return ChatDeed.Say($"That cannot be watched: {problem.Message}.", onlyAsker: true);
        }

        if (!readable.MayAbout(asked.Asker, watch.Service))
            return ChatDeed.Say(NotHere, onlyAsker: true);
        return new ChatDeed(async scope => await StartedAsync(asked, await desk.StartAsync(watch, scope), scope)) { ActedOn = incident?.Id };
    }

    private async Task<Said> StartedAsync(Asked asked, WatchAnswer answer, EffectScope scope)
    {
        if (answer is not { Accepted: true, Watch: { } watch })
            return new Said(answer.Text, OnlyAsker: true);
        await NoteAsync(scope, "watch-started", asked.Person, watch);
        return new Said($"{answer.Text} {Where(watch)}");
    }

    private static string Where(Watch watch) => watch switch
    {
        { AttachedTo: not null } => "What it finds is said here.",
        { OwnThread: true } => "Its thread shows how it goes; how it ends is said here too.",
        _ => "What is wrong opens an incident; how it ends is said here.",
    };

    /// <summary>By its number, or by the name of a declaration that one runs of.</summary>
    private async Task<(Watch? Watch, string? Problem)> FindAsync(Asker asker, string name, CancellationToken cancellationToken)
    {
        if (WatchNames.TryParse(name, out var id))
        {
            return await watches.FindAsync(id, cancellationToken) is { } watch && await MayReadAsync(asker, watch, cancellationToken)
                ? (watch, null)
                : (null, $"There is no {WatchNames.Watch(id)}. 'watch list' shows those that run.");
        }

        var alike = (await watches.ListAsync([WatchStatus.Running, WatchStatus.Paused], Looked, cancellationToken))
            .Where(watch => name.Equals(watch.Declared, StringComparison.OrdinalIgnoreCase) || name.Equals(watch.Title, StringComparison.OrdinalIgnoreCase)).ToList();
        return alike switch
        {
            [var only] when await MayReadAsync(asker, only, cancellationToken) => (only, null),
            { Count: > 1 } => (null, $"'{PlainText.Line(name, 60)}' is {string.Join(", ", alike.Take(5).Select(watch => watch.Name))}: say which."),
            _ => (null, $"'{PlainText.Line(name, 60)}' is no watch; write WATCH-3. 'watch list' shows those that run."),
        };
    }

    /// <summary>As with an incident of the watch's environment that nobody has a thread of yet.</summary>
    private Task<bool> MayReadAsync(Asker asker, Watch watch, CancellationToken cancellationToken) => readable.MayAsync(
        asker,
        new Incident
        {
            Id = watch.AttachedTo ?? 0,
            Environment = watch.Environment,
            Title = watch.Title,
            Status = IncidentStatus.Open,
            Service = watch.Service,
            StartedAt = watch.CreatedAt,
            OpenedAt = watch.CreatedAt,
            LastEventAt = watch.CreatedAt,
        },
        cancellationToken);

    private Task NoteAsync(EffectScope scope, string kind, Person person, Watch watch) => audit.AppendAsync(
        scope.Transaction,
        new AuditEntry(kind, person.Id, watch.Name, new Dictionary<string, string> { ["title"] = PlainText.Line(watch.Title, 200).Value, ["until"] = Wording.Utc(watch.Deadline) }),
        scope.Now);
}

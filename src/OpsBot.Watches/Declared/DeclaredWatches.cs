using System.IO.Enumeration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Events;
using OpsBot.Contracts.Messages;
using OpsBot.Contracts.Threads;
using OpsBot.Contracts.Training;
using OpsBot.Contracts.Watches;
using OpsBot.Storage.Messages;
using OpsBot.Storage.Watches;
using OpsBot.Watches.Canaries;
using OpsBot.Watches.Desk;
using OpsBot.Watches.Training;

namespace OpsBot.Watches.Declared;

/// <summary>How often and how long, where that is not as declared.</summary>
public sealed record WatchPace(TimeSpan? Every, TimeSpan? For);

/// <summary>Begins the watches that the configuration declares: by the clock, with a job, or by name. All in the caller's transaction.</summary>
public sealed partial class DeclaredWatches(IOptions<WatchesOptions> options, WatchDesk desk, ICurveSources curves, ILogger<DeclaredWatches> log)
{
    private const string ByConfiguration = "configuration";

    private static readonly TimeSpan MissedWithin = TimeSpan.FromMinutes(10);

    private readonly ILogger _log = log;

    public IReadOnlyList<WatchDeclaration> All => options.Value;

    public WatchDeclaration? Find(string name) => All.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A person wants one to begin now.</summary>
    /// <param name="words">What stands for <c>{job}</c> and the other words of an event. A job that is known brings its own, which what is said here goes before.</param>
    /// <param name="pace">What the person wants otherwise than it is declared.</param>
    public async Task<WatchAnswer> StartAsync(
        WatchDeclaration one, string owner, IReadOnlyDictionary<string, string?> words, long? attachTo, ChatPlace? place, EffectScope scope, WatchPace? pace = null)
    {
        try
        {
            var known = words.GetValueOrDefault("job") is { } job ? KnownJob.Among(await TrainingJobTable.NamedAsync(scope.Transaction, job), job) : null;
            if (known is not null)
                words = Placeholders.Of(known).Concat(words.Where(word => word.Key != "job")).GroupBy(word => word.Key, StringComparer.Ordinal).ToDictionary(word => word.Key, word => word.Last().Value, StringComparer.Ordinal);
            var subject = known?.Key ?? words.GetValueOrDefault("job") ?? FormattableString.Invariant($"by hand {scope.Now.ToUnixTimeMilliseconds()}");
            var watch = Make(one, owner, words, subject, scope.Now, pace, KnownJob.IdOf(known)) with { AttachedTo = attachTo };
            return await desk.StartAsync(place is null ? watch : watch with { Place = place }, scope);
        }
        catch (FormatException problem)
        {
            return new WatchAnswer(
                false, $"'{one.Name}' does not begin: {problem.Message}. Write for example: watch start \"{one.Name}\" {(one.Canary is null ? "job=4711" : "version=2.4.1")}");
        }
    }

    /// <summary>An event begins one.</summary>
    /// <param name="subject">What of it is watched, so that it is watched once.</param>
    internal async Task<WatchAnswer> BeginAsync(WatchDeclaration one, IReadOnlyDictionary<string, string?> words, string subject, EffectScope scope)
    {
        try
        {
            return await desk.StartAsync(Make(one, ByConfiguration, words, subject, scope.Now), scope);
        }
        catch (FormatException problem)
        {
            return new WatchAnswer(false, problem.Message);
        }
    }

    /// <summary>A watch of a job that a person names: read where the first declaration says whose source needs no more than what is known of the job.</summary>
    /// <param name="known">The job; null where no sender told of it.</param>
    /// <exception cref="FormatException">There is no such declaration; the message says what to do.</exception>
    public Watch OfJob(WatchTerms terms, TrainingGoal goal, string job, TrainingJob? known, DateTimeOffset now)
    {
        var words = known is null ? new Dictionary<string, string?>(StringComparer.Ordinal) { ["job"] = job, ["name"] = job } : Placeholders.Of(known);
        var stated = words.Where(word => word.Value is not null).ToDictionary(word => word.Key, word => word.Value!, StringComparer.Ordinal);
        var problem = "nobody said where the metrics of jobs are; declare a watch with training.curve, its {job} in it, under 'watches'";
        foreach (var one in All.Where(one => one.Training is not null))
        {
            try
            {
                curves.Open(one.Name, stated);
                return TrainingWatches.Make(terms, goal with { BudgetSteps = goal.BudgetSteps ?? one.Training!.BudgetSteps }, one.Name, words, KnownJob.IdOf(known), now);
            }
            catch (FormatException other)
            {
                problem = other.Message.TrimEnd('.');
            }
        }

        throw new FormatException(problem);
    }

    /// <summary>A job moved on: watches of it begin when it runs, and look for the last time soon after it ended.</summary>
    public async Task TakeAsync(TrainingJobReported job, EffectScope scope)
    {
        await TrainingJobTable.ReportedAsync(scope.Transaction, job, scope.Now);
        switch (job.Status)
        {
            case TrainingJobStatus.Running:
                foreach (var one in ForEvent(job))
                    await BeginAsync(one, job, scope);
                break;
            case TrainingJobStatus.Succeeded or TrainingJobStatus.Failed when await WasMissedAsync(job, scope):
                foreach (var one in ForEvent(job).Where(one => one.Training is not null))
                    await BeginAsync(one, job, scope, ended: true);
                break;
            case TrainingJobStatus.Succeeded or TrainingJobStatus.Failed or TrainingJobStatus.Cancelled:
                foreach (var watch in await WatchTable.RunningOfAsync(scope.Transaction, [job.JobKey, Again(job), job.ShortKey]))
                {
                    // A job that a person named by its number alone is that of the training watch whose metrics are read by that number.
                    if (watch.Kind != TrainingKind.Name && watch.Subject == job.ShortKey && watch.Subject != job.JobKey)
                        continue;
                    // What its last lines say is read by one more look.
                    if (watch.Deadline > scope.Now + watch.Interval)
                        await WatchTable.SaveAsync(scope.Transaction, watch, watch with { Deadline = scope.Now });
                }

                break;
        }
    }

    /// <summary>The timer of a cron is due: begin the watch, and set the next timer.</summary>
    public async Task DueAsync(StartWatch timer, EffectScope scope)
    {
        if (Find(timer.Declared) is not { Start.Cron: { } cron } one)
            return;
        if (cron == timer.Cron && one.Start.TimeZone == timer.TimeZone)
        {
            var answer = await desk.StartAsync(Make(one, ByConfiguration, new Dictionary<string, string?>(), Contracts.OpsBotJson.Format(timer.At), scope.Now), scope);
            if (!answer.Accepted)
                LogNotBegun(one.Name, answer.Text);
        }

        SetTimer(one, scope);
    }

    /// <summary>Sets the timer of a declaration's cron unless one waits; one of a cron that was changed since begins nothing when it comes.</summary>
    public static void SetTimer(WatchDeclaration one, EffectScope scope)
    {
        if (one.Start.Cron is { } cron && new CronStart(cron, one.Start.TimeZone).After(scope.Now) is { } at)
            scope.Follow(NewMessage.Of(new StartWatch(one.Name, cron, at, one.Start.TimeZone), $"watch-declared/{one.Name}/{cron}/{one.Start.TimeZone}", at - scope.Now, coalesce: true));
    }

    private IEnumerable<WatchDeclaration> ForEvent(TrainingJobReported job) => All.Where(one => one.Start.Event is { } wanted && Matches(wanted, job));

    /// <summary>Whether a job was over before anybody saw it run: what broke it stands in its log all the same. Of what ended long ago nobody wants to hear.</summary>
    private async Task<bool> WasMissedAsync(TrainingJobReported job, EffectScope scope)
    {
        var wanted = ForEvent(job).Where(one => one.Training is not null).ToList();
        if (wanted.Count == 0 || job.EndedAt < scope.Now - MissedWithin)
            return false;
        foreach (var one in wanted)
        {
            if (await WatchTable.NewestOfAsync(scope.Transaction, one.Name, [job.JobKey, Again(job)]) is not null)
                return false;
        }

        return true;
    }

    /// <param name="ended">It is over already: the watch looks at once, and an interval later for the last time.</param>
    private async Task BeginAsync(WatchDeclaration one, TrainingJobReported job, EffectScope scope, bool ended = false)
    {
        try
        {
            var id = new TrainingJobId(job.Source, job.JobKey);
            var watch = Make(one, ByConfiguration, Placeholders.Of(job), job.JobKey, scope.Now, of: id);
            var answer = await desk.StartAsync(ended ? watch with { Deadline = scope.Now + one.Every } : watch, scope);
            // A job that was requeued runs again after its watch had ended; an old report that comes late is of before that.
            if (!answer.Accepted && await WatchTable.NewestOfAsync(scope.Transaction, one.Name, [job.JobKey]) is { Status: WatchStatus.Ended, Verdict: { } verdict } && job.StartedAt > verdict.At)
                answer = await desk.StartAsync(Make(one, ByConfiguration, Placeholders.Of(job), Again(job), scope.Now, of: id), scope);
            if (!answer.Accepted && answer.Watch is null)
                LogNotBegun(one.Name, answer.Text);
        }
        catch (FormatException problem)
        {
            LogNotBegun(one.Name, problem.Message);
        }
    }

    /// <summary>A later run under the same key.</summary>
    private static string Again(TrainingJobReported job) => FormattableString.Invariant($"{job.JobKey}@{job.StartedAt?.ToUnixTimeSeconds()}");

    /// <exception cref="FormatException">A word that the declaration needs is not there, or must not stand where it needs it.</exception>
    private static Watch Make(
        WatchDeclaration one, string owner, IReadOnlyDictionary<string, string?> words, string subject, DateTimeOffset now, WatchPace? pace = null, TrainingJobId? of = null)
    {
        var title = words.GetValueOrDefault("name") ?? words.GetValueOrDefault("job") ?? (one.Canary is null ? null : words.GetValueOrDefault("version"));
        var terms = new WatchTerms(
            title is null ? one.Name : $"{one.Name}: {title}", pace?.Every ?? one.Every, pace?.For ?? one.For, one.BlindAfter, owner,
            one.Environment ?? words.GetValueOrDefault("environment") ?? "", one.Service ?? (one.Canary is null ? null : words.GetValueOrDefault("service")));
        if (one.Canary is { } canary)
            return Declared(CanaryWatches.Make(terms, canary, words, now));
        var watch = one.Query is { } query
            ? QueryWatches.Make(terms, query.Source, Placeholders.Fill(query.Expr, words), query.Op, query.Value ?? 0, query.InRow, query.Until, now)
            : TrainingWatches.Make(
                terms, new TrainingGoal(one.Training!.Metric, one.Training.Op, one.Training.Target, one.Training.BudgetSteps, one.Training.HangAfter), one.Name, words, of, now);
        return Declared(watch);

        Watch Declared(Watch made) => made with { Declared = one.Name, Subject = subject, OwnThread = one.Thread, Place = one.Tell is { } channel ? ChannelName.Parse(channel) : null };
    }

    private static bool Matches(JobEventOptions wanted, TrainingJobReported job) =>
        Any(wanted.Jobs, job.Name ?? job.JobKey) && Any(wanted.Users, job.User) && Any(wanted.Environments, job.Environment);

    /// <summary>What a sender does not state matches no pattern but none at all.</summary>
    private static bool Any(List<string> patterns, string? text) =>
        patterns.Count == 0 || (text is not null && patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: true)));

    [LoggerMessage(3002, LogLevel.Warning, "The watch '{Name}' did not begin: {Reason}")]
    private partial void LogNotBegun(string name, string reason);
}

using Microsoft.Extensions.Options;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;
using OpsBot.Watches.Canaries;
using OpsBot.Watches.Queries;

namespace OpsBot.Watches.Declared;

/// <summary>Refuses declarations that could not be watched.</summary>
internal sealed class WatchesOptionsValidator(IMetricSampler metrics) : IValidateOptions<WatchesOptions>
{
    public ValidateOptionsResult Validate(string? name, WatchesOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> Problems(WatchesOptions options)
    {
        for (var i = 0; i < options.Count; i++)
        {
            var (where, one) = ($"{WatchesOptions.Section}[{i}]", options[i]);
            if (options.FindIndex(other => other.Name.Equals(one.Name, StringComparison.OrdinalIgnoreCase)) < i)
                yield return $"{where}.name: another watch is called '{one.Name}' already.";
            if (new object?[] { one.Query, one.Training, one.Canary }.Count(what => what is not null) is not 1 and var things)
                yield return $"{where}: watches {(things == 0 ? "nothing" : "two things")}; set query, training or canary.";
            if (one.For < one.Every)
                yield return $"{where}.for: is shorter than every, so that it would be over before its second look.";
            if (one.Start is { Cron: not null, Event: not null })
                yield return $"{where}.start: has both cron and event; declare two watches.";
            if (one.Canary is null ? one.Start.Deploy is not null : one.Start is { Cron: not null } or { Event: not null })
                yield return $"{where}.start: a canary begins with a deploy, anything else with cron or event.";
            if (one.Tell is { } channel && ChannelName.Parse(channel) is null)
                yield return ChannelName.Problem($"{where}.tell", channel);
            foreach (var problem in Start(one.Start).Concat(Query(one)).Concat(Training(one)).Concat(Canary(one)))
                yield return $"{where}.{problem}.";
        }
    }

    private static IEnumerable<string> Start(StartOptions start)
    {
        string? problem = null;
        try
        {
            if (start.Cron is { } cron && new CronStart(cron, start.TimeZone).After(DateTimeOffset.UnixEpoch.AddYears(50)) is null)
                problem = $"cron: '{cron}' never comes";
        }
        catch (FormatException error)
        {
            problem = error.Message;
        }

        return problem is null ? [] : [$"start.{problem}"];
    }

    private IEnumerable<string> Query(WatchDeclaration one)
    {
        if (one.Query is not { } query)
            yield break;
        if (!Condition.Operators.Contains(query.Op))
            yield return $"query.op: '{query.Op}' compares nothing; write one of {string.Join(' ', Condition.Operators)}";
        if (query.Value is { } value && !double.IsFinite(value))
            yield return "query.value: must be a finite number";
        if (one.Start.Event is null && Placeholders.In(query.Expr) is { } word)
            yield return $"query.expr: {{{word}}} is a word of an event, and this watch is not begun by one; set start.event or leave it out";
        if (Source("query", query.Source) is { } unknown)
            yield return unknown;
    }

    private string? Source(string key, string? source) =>
        metrics.Sources.Count == 0 ? $"{key}: there is no Prometheus server to ask; set evidence.prometheus"
        : source is not null && !metrics.Sources.Any(known => known == source || known.EndsWith($" {source}", StringComparison.Ordinal))
            ? $"{key}.source: there is no Prometheus server '{source}' under evidence.prometheus; there are {string.Join(", ", metrics.Sources)}"
            : null;

    private IEnumerable<string> Canary(WatchDeclaration one)
    {
        if (one.Canary is not { } canary)
            yield break;
        foreach (var problem in CanaryRules.Problems(one, canary))
            yield return problem;
        if (Source("canary", canary.Source) is { } unknown)
            yield return unknown;
    }

    private static IEnumerable<string> Training(WatchDeclaration one)
    {
        if (one.Training is not { } training)
            yield break;
        if (training.Op is not (">=" or "<="))
            yield return $"training.op: '{training.Op}' is no way to get better; write >= or <=";
        if (training.Target is not null && string.IsNullOrWhiteSpace(training.Metric))
            yield return "training.target: of which metric? set training.metric";
        if (training.Target is { } target && !double.IsFinite(target))
            yield return "training.target: must be a finite number";
        foreach (var problem in training.Curve?.Validate("training.curve") ?? [])
            yield return problem.TrimEnd('.');
    }
}

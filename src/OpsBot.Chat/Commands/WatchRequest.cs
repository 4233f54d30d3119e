using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsBot.Chat.Commands;

/// <summary>What somebody wants of watches. Exactly one of the kinds below.</summary>
public abstract record WatchRequest
{
    private WatchRequest()
    {
    }

    /// <param name="IsAll">Those that have ended too.</param>
    public sealed record List(bool IsAll) : WatchRequest;

    /// <summary><c>show</c>, <c>pause</c>, <c>resume</c>, <c>extend</c> or <c>stop</c> one.</summary>
    /// <param name="Name">As it was written: <c>WATCH-3</c>, or a name of the configuration.</param>
    /// <param name="By">Of <c>extend</c>.</param>
    /// <param name="Rest">What else was said: the reason of a stop.</param>
    public sealed record Change(string Verb, string Name, TimeSpan? By, string Rest) : WatchRequest;

    /// <summary>Begin one that the configuration declares.</summary>
    public sealed record Start(string Name, IReadOnlyDictionary<string, string> Words) : WatchRequest;

    /// <summary>Watch a metric query.</summary>
    public sealed record Query(string Expr, string Op, double Value, bool Until, Timing Terms) : WatchRequest;

    /// <summary>Watch a training job.</summary>
    /// <param name="Metric">Null where only what goes wrong is of interest.</param>
    /// <param name="Follow">It is to have a thread of its own, however well it goes.</param>
    public sealed record Job(string Key, string? Metric, string Op, double? Target, Timing Terms, bool Follow = false) : WatchRequest;

    /// <summary>Watch the canary of a service as the configuration declares it.</summary>
    /// <param name="Words">What the deploy would have said: <c>version=2.4.1</c>.</param>
    public sealed record Canary(string Service, IReadOnlyDictionary<string, string> Words, Timing Terms) : WatchRequest;

    /// <summary>It cannot be read, and why.</summary>
    public sealed record Unreadable(string Problem) : WatchRequest;

    /// <summary>How long, how often; null where nothing was said.</summary>
    /// <param name="InRow">So many intervals in a row count.</param>
    public sealed record Timing(TimeSpan? Every, TimeSpan? For, int? InRow, string? Environment);
}

/// <summary>Reads what stands behind the word <c>watch</c>. Pure; whatever it is given, it says something of it.</summary>
public static partial class WatchRequestParser
{
    public const string Examples =
        "watch `rate(errors[5m])` < 0.01 every 1m for 1h\nwatch until `queue_depth` < 10 for 2h\nwatch job 4711 auc >= 0.78 for 2h\nwatch follow job 4711 auc >= 0.78 for 2h\nwatch canary checkout version=2.4.1 for 45m\nwatch start \"nightly\"\n"
        + "watch list · watch show WATCH-3 · watch pause WATCH-3 · watch resume WATCH-3 · watch extend WATCH-3 30m · watch stop WATCH-3 [reason]";

    private const int LongestExpression = 2_000;

    private static readonly string[] Verbs = ["show", "pause", "resume", "extend", "stop", "attach"];

    /// <param name="rest">All behind the word, as it was written.</param>
    public static WatchRequest Parse(string rest)
    {
        // Telephones make other quotes of them, and Slack's backticks come as they are.
        rest = rest.Trim().Replace('“', '"').Replace('”', '"').Replace('„', '"').Replace('‘', '\'').Replace('’', '\'')
            .Replace("≥", ">=", StringComparison.Ordinal).Replace("≤", "<=", StringComparison.Ordinal);
        var first = rest.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
        var behind = rest[Math.Min(rest.Length, first.Length)..].Trim();
        return first.ToLowerInvariant() switch
        {
            "" => new WatchRequest.List(false),
            "list" => new WatchRequest.List(behind.Equals("all", StringComparison.OrdinalIgnoreCase)),
            "start" => ToStart(behind),
            "job" => ToJob(behind),
            "follow" when Word(behind) is ("job", var followed) => ToJob(followed) is WatchRequest.Job job ? job with { Follow = true } : ToJob(followed),
            "canary" => ToCanary(behind),
            "until" => ToQuery(behind, until: true),
            var verb when Verbs.Contains(verb) && !behind.StartsWith('{') && !behind.StartsWith('(') => ToChange(verb == "attach" ? "show" : verb, behind),
            _ => ToQuery(rest, until: false),
        };
    }

    private static WatchRequest ToChange(string verb, string behind)
    {
        var (name, rest) = Word(behind);
        if (name.Length == 0)
            return new WatchRequest.Unreadable($"Which one? Write for example: watch {verb} WATCH-3{(verb == "extend" ? " 30m" : "")}; 'watch list' shows those that run.");
        if (verb != "extend")
            return new WatchRequest.Change(verb, name, null, rest);
        return Durations.Parse(rest) is { } by
            ? new WatchRequest.Change(verb, name, by, "")
            : new WatchRequest.Unreadable($"By how long? Write for example: watch extend {name} 30m, or 2h, 1d.");
    }

    private static WatchRequest ToStart(string behind)
    {
        var (name, rest) = Word(behind);
        if (name.Length == 0)
            return new WatchRequest.Unreadable("Start which one? Write the name of a watch of the configuration: watch start \"nightly\".");
        var (words, problem) = Pairs(rest, $"watch start \"{name}\" job=4711");
        return problem is null ? new WatchRequest.Start(name, words) : new WatchRequest.Unreadable(problem);
    }

    private static WatchRequest ToCanary(string behind)
    {
        var (service, rest) = Word(behind);
        if (service.Length == 0)
            return new WatchRequest.Unreadable("The canary of which service? Write for example: watch canary checkout version=2.4.1 for 45m.");
        var (said, terms, problem) = Tail(rest);
        if (problem is null && terms.InRow is not null)
            problem = "A canary is not counted by intervals in a row; leave 'after' out.";
        var (words, unread) = Pairs(said, $"watch canary {service} version=2.4.1 for 45m");
        return (problem ?? unread) is { } no ? new WatchRequest.Unreadable(no) : new WatchRequest.Canary(service, words, terms);
    }

    private static (Dictionary<string, string> Words, string? Problem) Pairs(string text, string example)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var sign))
                return (words, $"'{word}' says nothing of what it is; write name=value: {example}.");
            words[word[..sign]] = word[(sign + 1)..];
        }

        return (words, null);
    }

    private static WatchRequest ToJob(string behind)
    {
        var (key, rest) = Word(behind);
        if (key.Length == 0)
            return new WatchRequest.Unreadable("Which job? Write for example: watch job 4711 auc >= 0.78 for 2h.");
        var (goal, terms, problem) = Tail(rest);
        if (problem is not null)
            return new WatchRequest.Unreadable(problem);
        if (goal.Length == 0)
            return new WatchRequest.Job(key, null, ">=", null, terms);
        if (Comparison().Match(goal) is not { Success: true } match || Number(match) is not { } target)
            return new WatchRequest.Unreadable($"'{goal}' is no goal; write a metric, >= or <=, and a number: watch job {key} auc >= 0.78 for 2h.");
        var op = match.Groups["op"].Value switch { ">" => ">=", "<" => "<=", var other => other };
        return op is ">=" or "<="
            ? new WatchRequest.Job(key, Unquoted(match.Groups["left"].Value), op, target, terms)
            : new WatchRequest.Unreadable($"'{op}' is no way to get better; write >= or <=.");
    }

    private static WatchRequest ToQuery(string text, bool until)
    {
        var (body, terms, problem) = Tail(text);
        if (problem is not null)
            return new WatchRequest.Unreadable(problem);
        if (Comparison().Match(body) is not { Success: true } match || Number(match) is not { } value)
            return new WatchRequest.Unreadable($"I cannot read what to watch. Write a query in backticks, a comparison and a number:\n{Examples}");
        var expr = Unquoted(match.Groups["left"].Value);
        if (expr.Length is 0 or > LongestExpression)
            return new WatchRequest.Unreadable(expr.Length == 0 ? $"There is no query. Write for example:\n{Examples}" : $"The query is longer than {LongestExpression} characters.");
        return new WatchRequest.Query(expr, match.Groups["op"].Value is "=" ? "==" : match.Groups["op"].Value, value, until, terms);
    }

    /// <summary>Takes <c>every 1m for 1h after 3 env prod</c> off the end, in any order.</summary>
    private static (string Body, WatchRequest.Timing Terms, string? Problem) Tail(string text)
    {
        var terms = new WatchRequest.Timing(null, null, null, null);
        while (Term().Match(text) is { Success: true } match)
        {
            var (word, value) = (match.Groups["word"].Value.ToLowerInvariant(), match.Groups["value"].Value);
            var time = Durations.Parse(value);
            switch (word)
            {
                case "env":
                    terms = terms with { Environment = value };
                    break;
                case "after" when int.TryParse(value.TrimEnd('x'), NumberStyles.None, CultureInfo.InvariantCulture, out var times) && times > 0:
                    terms = terms with { InRow = times };
                    break;
                case "every" or "for" when time is not null:
                    terms = word == "every" ? terms with { Every = time } : terms with { For = time };
                    break;
                default:
                    return (text, terms, word == "after"
                        ? $"'{value}' is no number of intervals; write for example: after 3."
                        : $"'{value}' is no length of time; write for example: {word} 45m, {word} 2h, {word} 1d.");
            }

            text = text[..match.Index];
        }

        return (text.Trim(), terms, null);
    }

    /// <summary>The first word, or what stands in quotes.</summary>
    private static (string Word, string Behind) Word(string text)
    {
        text = text.Trim();
        if (text.Length > 1 && text[0] is '"' or '`' && text.IndexOf(text[0], 1) is > 0 and var end)
            return (text[1..end], text[(end + 1)..].Trim());
        var parts = text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        return (parts.FirstOrDefault() ?? "", parts.Length > 1 ? parts[1].Trim() : "");
    }

    private static string Unquoted(string text)
    {
        text = text.Trim();
        while (text.Length > 1 && text[0] == '`' && text[^1] == '`')
            text = text[1..^1].Trim();
        return text;
    }

    private static double? Number(Match match) =>
        double.TryParse(match.Groups["number"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? match.Groups["percent"].Value == "%" ? number / 100 : number
            : null;

    // The last comparison counts: PromQL has its own.
    [GeneratedRegex(@"^(?<left>.*[^<>=!\s])\s*(?<op>>=|<=|==|!=|>|<|=)\s*(?<number>[+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)(?<percent>%?)$", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex Comparison();

    [GeneratedRegex(@"(?:^|\s)(?<word>every|for|after|env)\s+(?<value>[^\s`]+)\s*$", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex Term();
}

namespace OpsBot.Chat.Commands;

/// <summary>A word that OpsBot understands, the same on every surface.</summary>
/// <param name="Usage">How it is written, arguments included.</param>
/// <param name="Help">What it does, in half a sentence.</param>
/// <param name="NeedsPerson">It decides or changes something, so whoever says it has to be known.</param>
/// <param name="Aliases">Other words for the same.</param>
public sealed record ChatWord(string Word, string Usage, string Help, bool NeedsPerson, params string[] Aliases);

/// <summary>All words there are.</summary>
public static class ChatWords
{
    public static IReadOnlyList<ChatWord> All { get; } =
    [
        new("status", "status [INC-3]", "how things stand", false),
        new("why", "why [INC-3]", "why this cause, and why these alerts are one incident", false),
        new("diagnose", "diagnose [INC-3 or service]", "look for the cause again now", true),
        new("find", "find <words>", "search runbooks and past incidents", false, "search"),
        new("run", "run <action> name=value …", "propose an action; somebody else approves it", true, "propose"),
        new("approve", "approve PROP-7 [v2] [reason]", "approve a proposal", true),
        new("refuse", "refuse PROP-7 [reason]", "refuse a proposal", true, "reject", "deny"),
        new("ack", "ack [INC-3]", "take an incident on", true, "acknowledge"),
        new("resolve", "resolve [INC-3]", "close an incident, if its gates let you", true, "close"),
        new("split", "split [INC-3] <alert> …", "make an incident of its own of some alerts", true),
        new("merge", "merge INC-5 [into INC-3]", "make one incident of two", true),
        new("mute", "mute <fingerprint> 2h [reason]", "alerts of a fingerprint open nothing until then; 'off' ends it", true),
        new("stop", "stop [reason]", "stop all actions at once", true, "kill"),
        new("resume", "resume", "let actions run again", true),
        new("watch", "watch `query` < 0.01 for 1h", "keep an eye on a metric or a job; also list, show, pause, resume, extend, stop, start", false),
        new("help", "help", "what you may do", false, "?", "hello", "hi"),
    ];

    public static ChatWord? Find(string word) => All.FirstOrDefault(
        each => each.Word.Equals(word, StringComparison.OrdinalIgnoreCase) || each.Aliases.Contains(word, StringComparer.OrdinalIgnoreCase));
}

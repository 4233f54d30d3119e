using System.Text.RegularExpressions;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>
/// What the first line of a bot's post says of its state, by the forms in which senders say it: <c>[RESOLVED] …</c> (Alertmanager, Grafana), <c>Recovered: …</c>
/// (Datadog), <c>Resolved #123: …</c> (PagerDuty), <c>OK - …</c> (Nagios), a green mark in front, or <c>… has recovered</c> at the end. The same words within a
/// title are about something else ("name is not resolved", "circuit closed"), and what says nothing clearly is firing.
/// </summary>
/// <param name="State">True: over. False: firing. Null: no form says either.</param>
/// <param name="Bare">The line without what tells firing from over, so that both are the same alert.</param>
internal readonly partial record struct AlertMarks(bool? State, string Bare)
{
    public static AlertMarks Of(string line)
    {
        var (rest, kept, state, weak) = (line, "", (bool?)null, (bool?)null);
        while (rest.Length > 0)
        {
            if (Mark().Match(rest) is { Success: true } mark)
            {
                weak ??= mark.Groups["over"].Success;
                rest = rest[mark.Length..];
            }
            else if (Tag().Match(rest) is { Success: true } tag)
            {
                state ??= tag.Groups["over"].Success ? true : tag.Groups["begun"].Success ? false : null;
                rest = rest[tag.Length..];
            }
            else if (Other().Match(rest) is { Success: true } other)
            {
                // of the sender's own: [prod], [web-1]
                kept += other.Value;
                rest = rest[other.Length..];
            }
            else
            {
                break;
            }
        }

        if (!Negated().IsMatch(rest) && End().Match(rest) is { Success: true } end)
        {
            state ??= end.Groups["over"].Success ? true : weak is null ? false : null;
            rest = rest[..end.Index];
        }

        return new AlertMarks(state ?? weak, kept + rest);
    }

    private const string Over = "(?<over>resolved|recovered|recovery|cleared|closed|ok|normal|back to normal)";
    private const string Begun = "(?<begun>firing|triggered|re-triggered|alerting|alert|alarm|problem|down|opened)";
    // how bad it is now; that changes while the alert stays the same
    private const string Level = "(critical|warning|warn|error|unknown|no data)";
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"^[\s*_~`|:>•·–—-]*((?<over>:white_check_mark:|:heavy_check_mark:|:large_green_circle:|✅|✔️?|🟢)|(?<begun>:fire:|:rotating_light:|:red_circle:|:warning:|🔥|🚨|🔴|⚠️?))", Options, 1_000)]
    private static partial Regex Mark();

    /// <summary><c>[RESOLVED:2]</c>, <c>Resolved #12:</c>, <c>OK - </c>, <c>** RECOVERY Service Alert:</c>, <c>Resolved in 5m:</c>.</summary>
    [GeneratedRegex(
        @"^[\s*_~`|>•·–—-]*(\[\s*(✅\s*(?<over>up)|🔴\s*(?<begun>down)|(" + Over + "|" + Begun + "|" + Level + @")(\s*:\s*\d+)?)\s*\]"
        + "|(" + Over + "|" + Begun + "|" + Level + @")[*_`]*(\s+(host|service|alert|incident|problem|monitor)\b){0,2}(?=[*_`]*(\s*:|\s+[|–—-]\s|\s+#\d+\s*[*_`]*:|\s+in\s+[\dhms.\s]{1,20}:))[*_`]*(\s+in\s+[\dhms.\s]{1,20}(?=:))?\s*[:|–—-]?)",
        Options, 1_000)]
    private static partial Regex Tag();

    [GeneratedRegex(@"^\s*\[[^\[\]]{1,80}\](?=\s*[*_`]*(\[|:[a-z_]+:|✅|🟢|🔴|🔥|🚨))", Options, 1_000)]
    private static partial Regex Other();

    [GeneratedRegex(@"\b(no|not|never|nobody|none|nothing|neither|nor|cannot|unable|fails?|failed)\b|n['’]t\b", Options, 1_000)]
    private static partial Regex Negated();

    [GeneratedRegex(
        @"([\s:|–—-]+[\[(](?<over>resolved|recovered|closed|cleared)[\])]|\s*[:|–—-]\s*(?<over>resolved|recovered)|\s(has|have)\s(been\s|now\s)?(?<over>resolved|recovered|cleared)|\s(?<over>recovered)|\sis\s(now\s)?(?<over>resolved|back\sto\snormal|back\sup|back\sonline|(?-i:UP)|ok\sagain)"
        + @"|\s(is\s|went\s)?(?<begun>down|firing|alerting))[\s.!*_`]*$",
        Options | RegexOptions.RightToLeft, 1_000)]
    private static partial Regex End();
}

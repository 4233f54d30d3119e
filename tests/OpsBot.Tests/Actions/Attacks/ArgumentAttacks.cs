using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Attacks;

/// <summary>An argument wants to be more than one argument.</summary>
internal static class ArgumentAttacks
{
    public static readonly Attack[] All =
    [
        Values("an argument is an option", "--all", "-rf", "-", "--", "--service=x", "-x=1", "--help", "-\u00ad-all", "---"),
        Values("an argument carries a second command", "cart;id", "cart&&id", "cart|id", "$(id)", "`id`", "cart&", "cart>x", "cart<x", "${PATH}", "cart\\;id", "!id"),
        Values("an argument carries a line break or a control character", "cart\nid", "cart\r\nid", "cart\0id", "cart\tid", "\u001b[2J", "cart\u0085id", "cart\u2028id", "cart\v", "\n"),
        Values("an argument carries blanks and quotes", "cart id", " cart", "cart ", "'cart'", "\"cart\"", "cart'", "cart\"id", "cart\u00a0id", "cart\u3000id"),
        Values("an argument looks like another", "c\u0430rt", "\uff43art", "cart\u200b", "ca\u0301rt", "cart\u202e", "\u2010-all", "c\u03b1rt", "cart\ufe0f", "\u212aart"),
        Values("an argument leads to another folder", "../cart", "a/../../b", "..", "/etc/passwd", "~/x", "a/./b", "a/..", "./cart", "cart/../../etc"),
        Values("an argument is very long", [.. Enumerable.Range(0, 9).Select(n => new string('a', 201 << n))]),
        Values("an argument is empty or blank", "", " ", "  ", "\u200b", "\u00a0", "\t", "\ufeff", "\u2003", "\u3164"),
        Values("an argument is a placeholder of its own", "{state.version}", "{service}", "{count}", "{tier}", "{{service}}", "{state.version", "%s", "{0}", "${service}"),
        Values("an argument is half a character", "\ud800", "cart\udc00", "\ud83d", "\udfff\ud800", "a\ud800b", "\ufffd", "\uffff", "\ufffe", "\ue000"),
        Named("a number is none, or not in its plain form", "count", "1e3", "0x1", "+1", "01", "1.0", "\u0663", " 1", "1 ", "one", "1;2", "NaN"),
        Named("a number is out of bounds", "count", "0", "-1", "6", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "99999999999999999999", "2147483648", "100"),
        Named("a choice is none of the choices", "tier", "Production", "prod", "production ", "staging,production", "*", "", "--production", "staging\n", "st\u0430ging"),
        new("an argument is given that the action does not have", "has no parameter",
            (stage, n) => stage.ProposeRefusedAsync(ActionStage.Request(
                $"s{n}", more: (new[] { "all", "Service", "service ", "--all", "state.version", "", "run", "OPSBOT_FENCE", "s\u0435rvice" }[n], "x"))), Attempts: 9),
        new("an argument is missing", "needs a value for 'service'",
            (stage, _) => stage.ProposeRefusedAsync(ActionStage.Request("x") with { ArgumentSets = [new Dictionary<string, string>()] })),
        new("a proposal has no set of arguments, or too many", "1 to 20 sets of arguments",
            (stage, n) => stage.ProposeRefusedAsync(ActionStage.Request("x") with
            {
                ArgumentSets = [.. Enumerable.Range(0, n == 0 ? 0 : 20 + (n * n)).Select(i => new Dictionary<string, string> { ["service"] = $"s{i}" })],
            })),
    ];

    private static Attack Values(string mechanism, params string[] values) => new(
        mechanism, "roll-back: service = '", (stage, n) => stage.ProposeRefusedAsync(ActionStage.Request(values[n])), Attempts: values.Length);

    private static Attack Named(string mechanism, string parameter, params string[] values) => new(
        mechanism, $"roll-back: {parameter} = '", (stage, n) => stage.ProposeRefusedAsync(ActionStage.Request($"s{n}", more: (parameter, values[n]))), Attempts: values.Length);
}

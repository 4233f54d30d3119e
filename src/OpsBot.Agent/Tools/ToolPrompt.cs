using System.Globalization;
using System.Text;

namespace OpsBot.Agent.Tools;

/// <summary>
/// What a model is told of the catalog, whatever its size: three tools to reach all others with, and where those come from. Nothing of a tool's own description
/// stands in the prompt before somebody looks for it.
/// </summary>
public static class ToolPrompt
{
    private const int MaxServers = 60;
    private const int MaxName = 40;

    public static string Of(IReadOnlyList<ToolDescription> tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        var servers = tools.GroupBy(tool => tool.Server, StringComparer.Ordinal).Select(own => (Name: own.Key, Count: own.Count()))
            .OrderByDescending(server => server.Count).ThenBy(server => server.Name, StringComparer.Ordinal).ToList();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            {tools.Count} tools of {servers.Count} sources are at hand. They are reached through three:

            search_tools {"{"}"need": string, "limit"?: integer{"}"}
              One need in plain words, one step of the work at a time ("latency of the checkout service over the last hour"), not a whole task. Answers with the names of
              the tools that fit best and a line on each.
            describe_tool {"{"}"tool": "source/name"{"}"}
              The whole description of one tool: its arguments with types, defaults and bounds, and whether it reads or writes.
            call_tool {"{"}"tool": "source/name", "arguments": object{"}"}
              Calls a tool that reads. One that writes is never called: say what you would do with it and why, and people decide.

            Sources (tools):
            """);
        text.Append(' ').AppendJoin(", ", servers.Take(MaxServers).Select(server => string.Create(CultureInfo.InvariantCulture, $"{Shown(server.Name)} ({server.Count})")));
        if (servers.Count > MaxServers)
        {
            text.Append(CultureInfo.InvariantCulture, $", and {servers.Count - MaxServers} more with {servers.Skip(MaxServers).Sum(server => server.Count)}");
        }

        return text.Append('.').ToString();
    }

    // a name from outside is a name and not a sentence
    private static string Shown(string name)
    {
        var plain = string.Concat(name.Select(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/' ? letter : '_'));
        return plain.Length <= MaxName ? plain : $"{plain[..(MaxName - 1)]}…";
    }
}

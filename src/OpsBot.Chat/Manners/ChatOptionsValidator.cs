using Microsoft.Extensions.Options;
using OpsBot.Contracts.Threads;

namespace OpsBot.Chat.Manners;

/// <summary>Refuses manners that could not be kept.</summary>
internal sealed class ChatOptionsValidator : IValidateOptions<ChatOptions>
{
    public ValidateOptionsResult Validate(string? name, ChatOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(ChatOptions options)
    {
        foreach (var problem in Targets("chat.to", options.To))
        {
            yield return problem;
        }

        for (var i = 0; i < options.Routes.Count; i++)
        {
            foreach (var problem in Targets($"chat.routes[{i}].to", options.Routes[i].To))
            {
                yield return problem;
            }
        }

        for (var i = 0; i < options.DoNotPostIn.Count; i++)
        {
            if (ChannelName.Parse(options.DoNotPostIn[i]) is null)
            {
                yield return ChannelName.Problem($"chat.doNotPostIn[{i}]", options.DoNotPostIn[i]);
            }
        }

        for (var i = 0; i < options.QuietHours.Count; i++)
        {
            if (Problem(options.QuietHours[i]) is { } problem)
            {
                yield return $"chat.quietHours[{i}].{problem}.";
            }
        }
    }

    private static IEnumerable<string> Targets(string key, List<string> to)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < to.Count; i++)
        {
            if (ChannelName.Parse(to[i]) is not { } place)
            {
                yield return ChannelName.Problem($"{key}[{i}]", to[i]);
            }
            else if (!seen.Add(place.Surface))
            {
                yield return $"{key}[{i}]: '{place.Surface}' stands twice; an incident has one thread on a surface.";
            }
        }
    }

    private static string? Problem(QuietHoursOptions quiet)
    {
        try
        {
            _ = new QuietHours(quiet);
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }
}

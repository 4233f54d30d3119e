using Microsoft.Extensions.Options;

namespace OpsBot.Actions.Policy;

/// <summary>Refuses rules that could not be followed.</summary>
internal sealed class PolicyOptionsValidator : IValidateOptions<PolicyOptions>
{
    public ValidateOptionsResult Validate(string? name, PolicyOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(PolicyOptions options)
    {
        for (var i = 0; i < options.Limits.Count; i++)
        {
            if (options.Limits[i] is { MaxCount: null, MaxShare: null })
            {
                yield return $"policy.limits[{i}]: limits nothing; set maxCount or maxShare.";
            }
        }

        for (var i = 0; i < options.Freezes.Count; i++)
        {
            if (Problem(options.Freezes[i]) is { } problem)
            {
                yield return $"policy.freezes[{i}].{problem}.";
            }
        }
    }

    private static string? Problem(FreezeOptions freeze)
    {
        try
        {
            _ = new FreezeWindow(freeze);
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }
}

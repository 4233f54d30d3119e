using Microsoft.Extensions.Options;

namespace OpsBot.Chat.PagerDuty;

/// <summary>Refuses to tell PagerDuty things without a key, without a name, or over a wire that others read.</summary>
internal sealed class PagerDutyOptionsValidator : IValidateOptions<PagerDutyOptions>
{
    public ValidateOptionsResult Validate(string? name, PagerDutyOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(PagerDutyOptions options)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.UserInfo.Length > 0)
            yield return "pagerduty.url: is no address; write https://api.pagerduty.com.";
        else if (url.Scheme == "http" && !url.IsLoopback)
            yield return "pagerduty.url: the key would go over the wire for everybody to read; write https.";
        if (!options.Notes && !options.Acknowledge)
            yield break;
        if (string.IsNullOrWhiteSpace(options.Token))
            yield return "pagerduty.token: is needed where notes or acknowledge is set.";
        if (options.From is not { } from || !from.Contains('@', StringComparison.Ordinal))
            yield return "pagerduty.from: needs the e-mail address of a user of the account where notes or acknowledge is set.";
    }
}

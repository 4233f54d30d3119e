using System.Net;
using System.Text.RegularExpressions;

namespace OpsBot.IntegrationTests.Console;

/// <summary>Somebody at the console without a browser: logs in, and says what the box on an incident's page says.</summary>
internal sealed partial class ConsoleVisitor : IDisposable
{
    private readonly HttpClient _http;

    private ConsoleVisitor(HttpClient http) => _http = http;

    /// <exception cref="HttpRequestException">The console is gone, or takes no such token.</exception>
    public static async Task<ConsoleVisitor> LogInAsync(Uri console, string token, CancellationToken cancellationToken)
    {
        var visitor = new ConsoleVisitor(new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = console });
        visitor._http.DefaultRequestHeaders.Add("Origin", console.GetLeftPart(UriPartial.Authority));
        try
        {
            await visitor.PostAsync("/login", "/login", new KeyValuePair<string, string>("token", token), cancellationToken);
            return visitor;
        }
        catch
        {
            visitor.Dispose();
            throw;
        }
    }

    /// <summary>What the page answers.</summary>
    public async Task<string> SayAsync(string incident, string words, CancellationToken cancellationToken)
    {
        var where = await PostAsync($"/incidents/{incident}", $"/incidents/{incident}/say", new KeyValuePair<string, string>("text", words), cancellationToken);
        var answer = Answer().Match(await _http.GetStringAsync(where, cancellationToken));
        return WebUtility.HtmlDecode(answer.Groups["text"].Value);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a form as its page has it; where it leads.</summary>
    private async Task<Uri> PostAsync(string page, string form, KeyValuePair<string, string> typed, CancellationToken cancellationToken)
    {
        var field = Hidden().Match(await _http.GetStringAsync(page, cancellationToken));
        using var body = new FormUrlEncodedContent([new(field.Groups["name"].Value, WebUtility.HtmlDecode(field.Groups["value"].Value)), typed]);
        using var answer = await _http.PostAsync(form, body, cancellationToken);
        return answer.StatusCode == HttpStatusCode.SeeOther && answer.Headers.Location is { } location
            ? location
            : throw new HttpRequestException($"{form} was answered with {(int)answer.StatusCode}");
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"\\s*/?>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Hidden();

    [GeneratedRegex("<p class=\"notice answer\" role=\"status\">(?<text>.*?)</p>", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Answer();
}

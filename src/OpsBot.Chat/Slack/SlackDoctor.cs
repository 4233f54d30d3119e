using OpsBot.Chat.Slack.Wire;

namespace OpsBot.Chat.Slack;

/// <summary>Looks whether Slack takes our tokens.</summary>
public sealed class SlackDoctor
{
    private readonly SlackApi _api;
    private readonly SlackOptions _options;

    internal SlackDoctor(SlackApi api, SlackOptions options) => (_api, _options) = (api, options);

    /// <summary>Whether all is well, and one line that says what was found or what to do.</summary>
    public async Task<(bool Ok, string Text)> ExamineAsync(CancellationToken cancellationToken)
    {
        var self = await _api.CallAsync("auth.test", cancellationToken);
        if (self is not SlackAnswer.Done done)
            return (false, Problem(self));
        var who = $"{done.Text("user")} in {done.Text("team")}";
        if (_options.Mode == SlackMode.Http)
            return (true, $"{Cards.PlainText.Line(who, 100)}, called over HTTP");
        return await _api.OpenConnectionAsync(cancellationToken) is SlackAnswer.Done
            ? (true, $"{Cards.PlainText.Line(who, 100)}, Socket Mode can be opened")
            : (false, "Slack takes slack.botToken but not slack.appToken; make one with the scope connections:write and switch Socket Mode on");
    }

    private static string Problem(SlackAnswer answer) => answer is SlackAnswer.Refused refused ? refused.Advice : answer is SlackAnswer.Later later ? later.Reason : "";
}

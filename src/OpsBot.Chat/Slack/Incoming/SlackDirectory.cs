using System.Collections.Concurrent;
using OpsBot.Chat.Slack.Wire;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>Who we and others are on Slack, as its own directory says; asked once in a while, and never waited for longer than Slack waits for us.</summary>
internal sealed class SlackDirectory(SlackApi api, SlackOptions options, TimeProvider clock)
{
    private const int Most = 5_000;

    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(800);

    private readonly ConcurrentDictionary<string, (string? Email, DateTimeOffset At)> _people = new(StringComparer.Ordinal);
    private SlackSelf? _self;
    private string? _team;

    /// <summary>Ourselves; unknown while Slack does not say.</summary>
    public async Task<SlackSelf> SelfAsync(CancellationToken cancellationToken)
    {
        if (_self is { } known)
            return known;
        if (await WithinAsync(token => api.CallAsync("auth.test", token), cancellationToken) is not SlackAnswer.Done done)
            return SlackSelf.Unknown;
        _team = done.Text("team_id");
        return _self = new SlackSelf(done.Text("user_id"), done.Text("bot_id"), done.Text("app_id"));
    }

    /// <summary>
    /// The confirmed address of a member of our own workspace; null for guests of other workspaces, whose administrators could write any address there, and
    /// where Slack does not tell.
    /// </summary>
    public async Task<string?> EmailAsync(string user, CancellationToken cancellationToken)
    {
        if (!options.LookUpEmails)
            return null;
        var now = clock.GetUtcNow();
        if (_people.TryGetValue(user, out var known) && now - known.At < Fresh)
            return known.Email;
        await SelfAsync(cancellationToken);
        if (_team is null || await WithinAsync(token => api.CallAsync("users.info", token, ("user", user)), cancellationToken) is not SlackAnswer.Done done)
            return null;
        var person = done.Body.Part("user");
        var own = person.Word("team_id") == _team && !person.Is("is_stranger") && !person.Is("deleted") && !person.Is("is_bot") && !person.Is("is_restricted") && person.Is("is_email_confirmed");
        var email = own ? person.Part("profile").Word("email") : null;
        if (_people.Count > Most)
            _people.Clear();
        _people[user] = (email, now);
        return email;
    }

    private async Task<SlackAnswer?> WithinAsync(Func<CancellationToken, Task<SlackAnswer>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await call(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using OpsBot.Chat.Slack.Wire;

namespace OpsBot.Chat.Slack.Incoming;

/// <summary>Who we and others are on Slack, as its own directory says; asked once in a while, and never waited for longer than Slack waits for us.</summary>
internal sealed class SlackDirectory(SlackApi api, SlackOptions options, TimeProvider clock)
{
    private const int Most = 5_000;

    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(800);

    private readonly ConcurrentDictionary<string, (string? Email, DateTimeOffset Until)> _people = new(StringComparer.Ordinal);
    private volatile Ours? _ours;

    /// <summary>How long nobody is asked again who did not answer.</summary>
    internal static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    /// <summary>Ourselves; unknown while Slack does not say.</summary>
    public async Task<SlackSelf> SelfAsync(CancellationToken cancellationToken) => (await OursAsync(cancellationToken)).Self;

    /// <summary>
    /// The confirmed address of a member of our own workspace; null for guests of other workspaces, whose administrators could write any address there, and
    /// where Slack does not tell.
    /// </summary>
    public async Task<string?> EmailAsync(string user, CancellationToken cancellationToken)
    {
        if (!options.LookUpEmails)
            return null;
        if (_people.TryGetValue(user, out var known) && clock.GetUtcNow() < known.Until)
            return known.Email;
        var ours = await OursAsync(cancellationToken);
        if (ours.Team is null)
            return null;
        var answer = await WithinAsync(token => api.CallAsync("users.info", token, ("user", user)), cancellationToken);
        var found = answer is SlackAnswer.Done done
            ? (Email: EmailOf(done.Body.Part("user"), ours.Team), Until: clock.GetUtcNow() + Fresh)
            : (Email: null, Until: clock.GetUtcNow() + Rest);
        if (_people.Count > Most)
            _people.Clear();
        // somebody else may have been answered meanwhile
        return _people.AddOrUpdate(user, found, (_, other) => other.Until > found.Until ? other : found).Email;
    }

    private static string? EmailOf(JsonElement person, string team)
    {
        var own = person.Word("team_id") == team && !person.Is("is_stranger") && !person.Is("deleted") && !person.Is("is_bot") && !person.Is("is_restricted") && person.Is("is_email_confirmed");
        return own ? person.Part("profile").Word("email") : null;
    }

    private async Task<Ours> OursAsync(CancellationToken cancellationToken)
    {
        if (_ours is { } known && clock.GetUtcNow() < known.Until)
            return known;
        var found = await WithinAsync(token => api.CallAsync("auth.test", token), cancellationToken) is SlackAnswer.Done done
            ? new Ours(new SlackSelf(done.Text("user_id"), done.Text("bot_id"), done.Text("app_id")), done.Text("team_id"), DateTimeOffset.MaxValue)
            : new Ours(SlackSelf.Unknown, null, clock.GetUtcNow() + Rest);
        return _ours = _ours is { } other && other.Until > found.Until ? other : found;
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

    private sealed record Ours(SlackSelf Self, string? Team, DateTimeOffset Until);
}

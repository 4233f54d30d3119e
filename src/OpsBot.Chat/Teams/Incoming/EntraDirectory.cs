using System.Collections.Concurrent;
using OpsBot.Chat.Teams.Outgoing;
using OpsBot.Chat.Teams.Wire;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>
/// The address of who speaks, as the directory behind Teams gives it: asked once in a while, and never waited for longer than somebody waits for us.
/// Where it does not say, there is none; what an activity says of itself is never asked.
/// </summary>
internal sealed class EntraDirectory(TeamsOptions options, ConnectorClient connector, TimeProvider time)
{
    public const int Most = 5_000;

    /// <summary>How long an answer is gone by.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>How long nobody is asked again who did not answer.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string Tenant, string User, string? Entra), (string? Email, DateTimeOffset Until)> _people = new();

    /// <param name="checkedActivity">Its token vouches for it; see <see cref="ActivityCheck"/>.</param>
    public async Task<string?> EmailAsync(Activity checkedActivity, CancellationToken cancellationToken)
    {
        if (!options.LookUpEmails || checkedActivity is not { From.Id: { Length: > 0 } user, Conversation.Id: { } conversation, ServiceUrl: { } service }
            || ActivityCheck.TenantOf(checkedActivity) is not { } tenant)
            return null;
        var (key, now) = ((tenant.ToLowerInvariant(), user, checkedActivity.From.AadObjectId?.ToLowerInvariant()), time.GetUtcNow());
        if (_people.TryGetValue(key, out var known) && now < known.Until) return known.Email;
        var member = await AskAsync(service, checkedActivity.ChannelData?.Team?.Id, ThreadReference.WithoutThread(conversation), user, cancellationToken);
        var email = member is null ? null : EmailOf(member, checkedActivity.From, tenant);
        if (_people.Count >= Most) _people.Clear();
        _people[key] = (email, time.GetUtcNow() + (member is null ? Rest : Fresh));
        return email;
    }

    /// <summary>
    /// The address of a member of our own tenant. None of a guest, whose address is for the administrators of another tenant to write; none where it is
    /// somebody else's; and a sign-in name is no address.
    /// </summary>
    internal static string? EmailOf(Member member, Account asked, string tenant)
    {
        var entra = member.AadObjectId ?? member.ObjectId;
        var isThem = string.IsNullOrWhiteSpace(asked.AadObjectId)
            ? member.Id == asked.Id
            : asked.AadObjectId.Equals(entra, StringComparison.OrdinalIgnoreCase);
        var isOurs = tenant.Equals(member.TenantId, StringComparison.OrdinalIgnoreCase)
            // a member from outside has the role of one too: its sign-in name alone tells
            && member.UserRole is null or "user" && member.UserPrincipalName is { Length: > 0 } name && !name.Contains("#EXT#", StringComparison.OrdinalIgnoreCase);
        return isThem && isOurs && IsAddress(member.Email) ? member.Email : null;
    }

    private static bool IsAddress(string? text) => text is { Length: >= 3 and <= 254 } && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at
        && at == text.LastIndexOf('@') && at < text.Length - 1 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));

    /// <summary>The roster of a channel is that of its team; where the team has nobody of that name, as with private channels, it is the channel's own.</summary>
    private async Task<Member?> AskAsync(string service, string? team, string conversation, string user, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return (string.IsNullOrEmpty(team) ? null : await connector.MemberAsync(service, team, user, either.Token))
                ?? await connector.MemberAsync(service, conversation, user, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}

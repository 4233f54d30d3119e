using OpsBot.Chat.Teams.Outgoing;
using OpsBot.Chat.Teams.Wire;

namespace OpsBot.Chat.Teams.Incoming;

/// <summary>Whether an activity is what its token vouches for, and from a tenant that may speak.</summary>
internal sealed class ActivityCheck(TeamsOptions options)
{
    public const string Channel = "msteams";

    private readonly ServiceUrlList _services = ServiceUrlList.Of(options);

    /// <param name="token">Null where tokens are not looked at (<see cref="TeamsOptions.Insecure"/>).</param>
    /// <exception cref="RefusedException">It is not.</exception>
    public void Check(Activity activity, BotToken? token)
    {
        if (activity.ChannelId != Channel) throw new RefusedException("it is not from Teams", isForbidden: true);
        if (token is not null)
        {
            if (ServiceUrlList.Canonical(token.ServiceUrl) is not { } vouched || vouched != ServiceUrlList.Canonical(activity.ServiceUrl))
                throw new RefusedException("its service address is not that of its token", isForbidden: true);
            if (!token.Endorsements.Contains(Channel)) throw new RefusedException("the key of its token is not endorsed for Teams", isForbidden: true);
        }

        // an answer goes to that address with a token of ours
        if (!_services.Allows(activity.ServiceUrl)) throw new RefusedException("its service address is below none of teams.serviceUrls", isForbidden: true);
        if (TenantOf(activity) is not { } tenant || !options.Tenants.Contains(tenant, StringComparer.OrdinalIgnoreCase))
            throw new RefusedException("its tenant is none of teams.tenants", isForbidden: true);
    }

    /// <summary>The tenant; null where the activity names none, or two.</summary>
    public static string? TenantOf(Activity activity)
    {
        var (conversation, data) = (activity.Conversation?.TenantId, activity.ChannelData?.Tenant?.Id);
        if (string.IsNullOrEmpty(conversation)) return string.IsNullOrEmpty(data) ? null : data;
        return string.IsNullOrEmpty(data) || conversation.Equals(data, StringComparison.OrdinalIgnoreCase) ? conversation : null;
    }
}

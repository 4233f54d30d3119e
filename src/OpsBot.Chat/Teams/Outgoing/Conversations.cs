using Microsoft.Extensions.Logging;
using OpsBot.Chat.Teams.Incoming;
using OpsBot.Chat.Teams.Wire;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Threads;

namespace OpsBot.Chat.Teams.Outgoing;

/// <summary>
/// Where conversations are reached: what Teams last said of each, over a restart. Only of activities whose token vouches for their service address;
/// where nobody has spoken yet, what was said of the same tenant, and then what is configured.
/// </summary>
internal sealed class Conversations(TeamsOptions options, IConversationReferences references, TimeProvider time, ILogger<Conversations> log)
{
    private const int Longest = 500;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly ServiceUrlList _services = ServiceUrlList.Of(options);

    /// <summary>How to reach a channel or chat.</summary>
    /// <param name="conversation">Without its thread.</param>
    public async Task<ConversationReference> OfAsync(string conversation, CancellationToken cancellationToken)
    {
        var (tenant, bot) = (options.Tenants[0], $"28:{options.AppId}");
        // what the list covered once it may cover no more
        if (!options.Insecure && await references.FindAsync(ActivityReading.Surface, conversation, Canonical(tenant), cancellationToken) is { } known
            && _services.Allows(known.ServiceUrl) && options.Tenants.Contains(known.Tenant, StringComparer.OrdinalIgnoreCase))
            return known with { Bot = known.Bot ?? bot };
        return new ConversationReference(conversation, options.ServiceUrl, tenant, bot, default);
    }

    /// <summary>Never fails what it is a part of: the next activity says it again.</summary>
    /// <param name="checkedActivity">Its token vouches for it; see <see cref="ActivityCheck"/>.</param>
    public async Task RememberAsync(Activity checkedActivity, CancellationToken cancellationToken)
    {
        if (Read(checkedActivity, time.GetUtcNow()) is not { } reference) return;
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await references.SaveAsync(ActivityReading.Surface, reference, either.Token).WaitAsync(either.Token);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            TeamsLog.NotRemembered(log, fault.GetType().Name);
        }
    }

    private static ConversationReference? Read(Activity activity, DateTimeOffset now)
    {
        if (activity.Conversation?.Id is not { } whole || activity.ServiceUrl is not { } service || ActivityCheck.TenantOf(activity) is not { } tenant) return null;
        var conversation = ThreadReference.WithoutThread(whole);
        var bot = activity.Recipient?.Id is { Length: > 0 } id && id.StartsWith("28:", StringComparison.Ordinal) ? id : null;
        if (conversation.Length == 0 || ((string?[])[conversation, service, tenant, bot]).Any(text => text is not null && (text.Length > Longest || text.Any(char.IsControl))))
            return null;
        // a time that is still to come would shut out all that is said until then
        return new ConversationReference(conversation, service, Canonical(tenant), bot, activity.Timestamp is { } said && said < now ? said : now);
    }

    private static string Canonical(string tenant) => tenant.ToLowerInvariant();
}

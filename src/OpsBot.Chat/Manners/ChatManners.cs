using System.IO.Enumeration;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Incidents;
using OpsBot.Contracts.Threads;

namespace OpsBot.Chat.Manners;

/// <summary>What may be posted where, and when. Every post asks here; pure.</summary>
public sealed class ChatManners
{
    // What is left of the budget for news that somebody waits for.
    private const int Reserve = 3;

    private readonly ChatOptions _options;
    private readonly IReadOnlyList<QuietHours> _quiet;
    private readonly HashSet<string> _silent;

    public ChatManners(IOptions<ChatOptions> options) : this(options.Value)
    {
    }

    internal ChatManners(ChatOptions options)
    {
        _options = options;
        _quiet = [.. options.QuietHours.Select(quiet => new QuietHours(quiet))];
        _silent = options.DoNotPostIn.Select(ChannelName.Parse).OfType<ChatPlace>().Select(place => place.ToString()).ToHashSet(StringComparer.Ordinal);
    }

    public TimeSpan EditEvery => _options.EditEvery;

    /// <summary>What is answered of one asker within a minute.</summary>
    public int AsksPerMinute => _options.AsksPerMinute;

    /// <summary>How long a post waits for a surface that is away.</summary>
    public TimeSpan Patience => _options.Patience;

    /// <summary>Where the thread of an incident is to be on a surface; null for nowhere.</summary>
    public ChatPlace? PlaceOf(Incident incident, string surface)
    {
        var to = _options.Routes.FirstOrDefault(route => Matches(route, incident))?.To ?? _options.To;
        return to.Select(ChannelName.Parse).OfType<ChatPlace>().FirstOrDefault(place => place.Surface == surface);
    }

    /// <summary>Why nothing may be posted about an incident in a channel; null where it may.</summary>
    public string? Forbidden(Incident incident, ChatPlace place) =>
        Forbidden(place, ServicesOf(incident));

    /// <summary>The same for what is about services without an incident, or about more than those of one.</summary>
    public string? Forbidden(ChatPlace place, IEnumerable<string> services) =>
        Forbidden(place) ?? (services.FirstOrDefault(service => _options.DoNotPostAbout.Any(pattern => Fits(pattern, service))) is { } silent
            ? $"chat.doNotPostAbout names {silent}"
            : null);

    /// <summary>True where there are services about which nothing is posted.</summary>
    public bool HasSilentServices => _options.DoNotPostAbout.Count > 0;

    /// <summary>The same for what is about no service.</summary>
    public string? Forbidden(ChatPlace place) =>
        _options.DoNotPost ? "chat.doNotPost is set" : _silent.Contains(new ChatPlace(place.Surface, place.Channel).ToString()) ? $"chat.doNotPostIn names {place}" : null;

    /// <summary>True where nobody is to be disturbed for it now.</summary>
    public bool IsQuiet(Incident incident, DateTimeOffset now) => _quiet.Any(hours => hours.Hold(incident.Severity, now));

    /// <summary>From when on what was written about an incident could be posted: at once, or from the end of quiet hours.</summary>
    public DateTimeOffset MayBePostedFrom(Incident incident, DateTimeOffset written) =>
        _quiet.Where(hours => hours.Hold(incident.Severity, written)).Select(hours => hours.End(written)).Append(written).Max();

    /// <summary>What a reply costs: whether it may still be posted in a thread, and whether it is the last that may.</summary>
    /// <param name="posts">Replies that the thread has had.</param>
    /// <param name="replyKind">As in <see cref="Contracts.Messages.PostReply"/>; states and proposals may use what is kept back of the budget.</param>
    public ReplyBudget BudgetFor(long posts, string replyKind)
    {
        var most = replyKind is "state" or "proposal" ? _options.Budget : Math.Max(1, _options.Budget - Math.Min(Reserve, _options.Budget / 4));
        return posts >= most ? ReplyBudget.Spent : posts + 1 >= _options.Budget ? ReplyBudget.Last : ReplyBudget.Left;
    }

    private static bool Matches(ChatRouteOptions route, Incident incident) =>
        (route.Services.Count == 0 || ServicesOf(incident).Any(service => route.Services.Any(pattern => Fits(pattern, service))))
        && (route.Severities.Count == 0 || route.Severities.Contains(incident.Severity))
        && (route.Environments.Count == 0 || route.Environments.Any(pattern => Fits(pattern, incident.Environment)));

    private static IEnumerable<string> ServicesOf(Incident incident) =>
        incident.Service is { } first ? incident.Services.Prepend(first) : incident.Services;

    private static bool Fits(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: true);
}

/// <summary>Whether a reply may be posted.</summary>
public enum ReplyBudget
{
    Left,

    /// <summary>It may, and says that it is the last.</summary>
    Last,

    Spent,
}

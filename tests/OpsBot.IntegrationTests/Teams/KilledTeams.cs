using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Support;
using OpsBot.Tests.Chat.Teams;

namespace OpsBot.IntegrationTests.Teams;

/// <summary>
/// Microsoft's side of Teams as the rounds of kills see it. Its connector can be written to and not be asked, so that a message whose answer was lost with the
/// program is posted again: the copy that the next life knows nothing of is left over, and is no thread of anything.
/// </summary>
internal sealed class KilledTeams : IKilledSurface
{
    private readonly TeamsCloud _teams;
    private readonly Dictionary<string, JsonObject> _said = new(StringComparer.Ordinal);

    // posts up to which a life lasted, and whether a kill ended it
    private readonly List<(long UpTo, bool Killed)> _lives = [];
    private DataFolder? _folder;
    private OpsBotProcess? _serve;
    private bool _died;

    private KilledTeams(TeamsCloud teams)
    {
        _teams = teams;
        _teams.Connector.Held = Trap.ReachAsync;
    }

    public string Name => "teams";

    public IReadOnlyList<string> HoldPoints { get; } =
    [
        .. from what in (string[])["thread", "card", "reply", "answer"] from at in (string[])["sent", "posted"] select $"chat-{what}-{at}",
    ];

    public IReadOnlyList<string> Calls { get; } =
        [.. from call in (string[])["create", "post", "update"] from at in (string[])["before", "after"] select $"{call}/{at}"];

    public bool IsOften(string point) => !point.StartsWith("chat-answer", StringComparison.Ordinal);

    public KillTrap Trap { get; } = new();

    public IReadOnlyList<Standing> Stands => Split().Known;

    public IReadOnlyList<Standing> LeftOver => Split().LeftOver;

    /// <summary>Why the connector refused calls by its rules.</summary>
    public IReadOnlyList<string> Violations => _teams.Connector.Violations;

    public static async Task<KilledTeams> StartAsync(CancellationToken cancellationToken) => new(await TeamsCloud.StartAsync(cancellationToken));

    public string Configuration(DataFolder folder)
    {
        _folder = folder;
        var routes = Enumerable.Range(0, KillRounds.Lanes).Select(lane => string.Create(CultureInfo.InvariantCulture, $"{{ environments: [lane{lane}-*], to: [\"teams:19:lane{lane}@thread.tacv2\"] }}"));
        return $$"""
            {{_teams.Section(folder)}}
            chat: { editEvery: 0s, routes: [{{string.Join(", ", routes)}}] }
            """;
    }

    public void Begins(OpsBotProcess serve)
    {
        // what was under way when it was killed has arrived by now
        if (_serve is not null)
            _lives.Add((Newest, _died));
        (_serve, _died) = (serve, false);
    }

    public void Died() => _died = true;

    public async Task<bool> SayAsync(Standing card, string words, string key, CancellationToken cancellationToken)
    {
        if (!_said.TryGetValue(key, out var activity))
            _said[key] = activity = _teams.Mention(words, TeamsPerson.Anna, $"{card.Channel};messageid={card.Id}");
        return await _teams.SendAsync(await _serve!.Webhooks.WaitAsync(cancellationToken), activity, cancellationToken) == HttpStatusCode.OK;
    }

    /// <summary>In which life something was posted; each tries each message once.</summary>
    public int LifeOf(Standing standing) => _lives.TakeWhile(life => Number(standing.Id) > life.UpTo).Count();

    public ValueTask DisposeAsync() => _teams.DisposeAsync();

    private long Newest => _teams.Connector.Snapshot() is [.., var last] ? Number(last.Id) : 0;

    private (IReadOnlyList<Standing> Known, IReadOnlyList<Standing> LeftOver) Split()
    {
        var known = _folder is { Store.Exists: true } folder
            ? folder.Store.Lines("select reference from chat_deliveries where surface = 'teams' and status = 'posted'").ToHashSet(StringComparer.Ordinal)
            : [];
        // in a chat with the bot alone nobody else sees anything
        var all = _teams.Connector.Snapshot().Where(post => !post.Conversation.StartsWith("a:", StringComparison.Ordinal)).Select(Seen).ToLookup(each => !IsOfAKilledLife(each) || known.Contains(each.Thread is null ? $"{each.Channel}/{each.Id}" : each.Id));
        return ([.. all[true]], [.. all[false]]);
    }

    private bool IsOfAKilledLife(Standing standing) => LifeOf(standing) is var life && (life < _lives.Count ? _lives[life].Killed : _died);

    private static Standing Seen(Post post)
    {
        var place = post.Conversation.Split(";messageid=");
        return new Standing(post.Id, place[0], place.Length > 1 && place[1] == post.Id ? null : place.ElementAtOrDefault(1), null, string.Join('\n', post.Lines));
    }

    private static long Number(string id) => long.Parse(id, CultureInfo.InvariantCulture);
}

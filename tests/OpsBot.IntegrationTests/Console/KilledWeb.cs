using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OpsBot.IntegrationTests.Chat;
using OpsBot.IntegrationTests.Support;

namespace OpsBot.IntegrationTests.Console;

/// <summary>Our own threads as the rounds of kills see them: they are in the program's store, and people ask in the box of a page.</summary>
internal sealed class KilledWeb : IKilledSurface
{
    private const string AnasToken = "opsbot_the-token-of-ana-in-these-rounds";

    private DataFolder? _folder;
    private OpsBotProcess? _serve;

    public string Name => "web";

    public bool AnswersInThread => false;

    public IReadOnlyList<string> HoldPoints { get; } =
    [
        .. from what in (string[])["thread", "card", "reply"] from at in (string[])["sent", "posted"] select $"web-{what}-{at}", "after-take", "before-commit", "after-commit",
    ];

    public IReadOnlyList<string> Calls => [];

    public KillTrap Trap { get; } = new();

    /// <summary>What was answered in the box, of each question the last.</summary>
    public Dictionary<string, string> Answers { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<Standing> Stands => _folder is { Store.Exists: true } folder
        ?
        [
            .. folder.Store.Query("select incident_id, card from threads where surface = 'web' order by incident_id", row => (Id: row.GetInt64(0), Card: row.GetString(1)))
                .Select(thread => new Standing(Incident(thread.Id), "web", null, null, Words(thread.Card))),
            .. folder.Store.Query(
                "select incident_id, delivery_id, text from thread_replies where surface = 'web' order by incident_id, at, delivery_id",
                row => new Standing(row.GetString(1), "web", Incident(row.GetInt64(0)), null, row.GetString(2))),
        ]
        : [];

    public string Configuration(DataFolder folder)
    {
        _folder = folder;
        return $$"""
            people: [{ id: ana, name: Ana, roles: [oncall], token: "sha256:{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(AnasToken)))}}" }]
            """;
    }

    public void Begins(OpsBotProcess serve) => _serve = serve;

    public async Task<bool> SayAsync(Standing card, string words, string key, CancellationToken cancellationToken)
    {
        using var ana = await ConsoleVisitor.LogInAsync(await _serve!.Console.WaitAsync(cancellationToken), AnasToken, cancellationToken);
        var answer = await ana.SayAsync(card.Id, words, cancellationToken);
        Answers[key] = answer;
        return answer.Length > 0;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Incident(long id) => FormattableString.Invariant($"INC-{id}");

    private static string Words(string card)
    {
        using var json = JsonDocument.Parse(card);
        return string.Join('\n', Texts(json.RootElement));
    }

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Texts(property.Value)),
        _ => [],
    };
}

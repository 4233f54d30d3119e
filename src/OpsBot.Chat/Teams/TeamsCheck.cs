using OpsBot.Chat.Teams.Incoming;
using OpsBot.Chat.Teams.Outgoing;

namespace OpsBot.Chat.Teams;

/// <summary>Whether Teams would work: for <c>opsbot doctor</c>. Posts nothing.</summary>
public sealed class TeamsCheck
{
    private readonly TeamsOptions _options;
    private readonly ConnectorTokens _tokens;
    private readonly SigningKeys _keys;

    internal TeamsCheck(TeamsOptions options, ConnectorTokens tokens, SigningKeys keys) => (_options, _tokens, _keys) = (options, tokens, keys);

    public async Task<IReadOnlyList<(string What, bool Ok, string Text)>> ExamineAsync(CancellationToken cancellationToken)
    {
        if (_options.Insecure) return [("teams", true, "without tokens, for the Agents Playground on this machine (insecure)")];
        var (_, problem) = await _tokens.GetAsync(anew: false, cancellationToken);
        return
        [
            ("teams tokens", problem is null, problem ?? $"{_options.AuthorityOrDefault} gives a token for {_options.Scope}"),
            await KeysAsync(cancellationToken),
        ];
    }

    private async Task<(string, bool, string)> KeysAsync(CancellationToken cancellationToken)
    {
        try
        {
            return ("teams keys", true, $"{await _keys.CountAsync(cancellationToken)} published; the bot's messaging endpoint must end in {TeamsEndpoints.Path}");
        }
        catch (KeysUnavailableException away)
        {
            return ("teams keys", false, away.Message);
        }
    }
}

using OpsBot.Actions.People;

namespace OpsBot.Host.Demo;

/// <summary>The one person of a demo, with a token that was made for this run and is worth nothing afterwards.</summary>
internal sealed record DemoPerson(string Id, string Token)
{
    public const string DefaultId = "you";

    public static DemoPerson Named(string id) => new(id, PersonalToken.Create());

    /// <summary>As it would stand in opsbot.yaml: only the hash of the token.</summary>
    public string Configuration => $$"""
        people: [ { id: '{{Id}}', roles: [ oncall ], token: '{{PersonalToken.HashLine(Token)}}' } ]
        """;
}

using OpsBot.Actions.People;

namespace OpsBot.Tests.Support;

/// <summary>Builders of people.</summary>
internal static partial class Some
{
    /// <summary>Known to Slack by two ids of their own.</summary>
    public static PersonOptions PersonOptions(string id, params string[] roles) => new()
    {
        Id = id,
        Name = char.ToUpperInvariant(id[0]) + id[1..],
        Roles = [.. roles],
        Identities = new() { ["slack"] = [$"U-{id}-1", $"U-{id}-2"] },
    };
}

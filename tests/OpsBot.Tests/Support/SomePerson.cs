using OpsBot.Actions.People;

namespace OpsBot.Tests.Support;

/// <summary>A person of the configuration whom Slack knows by two ids.</summary>
internal static partial class Some
{
    public static PersonOptions PersonOptions(string id, params string[] roles) => new()
    {
        Id = id,
        Name = char.ToUpperInvariant(id[0]) + id[1..],
        Roles = [.. roles],
        Identities = new() { ["slack"] = [$"U-{id}-1", $"U-{id}-2"] },
    };
}

using OpsBot.Actions.People;

namespace OpsBot.Tests.Support;

internal static partial class Some
{
    public static PersonOptions Ada(string? token = null) => new()
    {
        Id = "ada",
        Name = "Ada Lovelace",
        Roles = ["oncall"],
        Token = token is null ? null : PersonalToken.HashLine(token),
    };

    public static PersonOptions Grace(string? token = null) => new()
    {
        Id = "grace",
        Name = "Grace Hopper",
        Roles = ["oncall", "database"],
        Token = token is null ? null : PersonalToken.HashLine(token),
    };

    public static PeopleOptions People(params PersonOptions[] people)
    {
        var all = new PeopleOptions();
        all.AddRange(people);
        return all;
    }
}

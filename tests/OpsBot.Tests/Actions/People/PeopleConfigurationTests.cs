using OpsBot.Actions.People;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.People;

public sealed class PeopleConfigurationTests
{
    private const string Hash = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

    [Theory]
    [InlineData("- {id: Ada}", "opsbot.yaml:2: people[0].id: must be lower-case letters")]
    [InlineData("- {id: opsbot}", "opsbot.yaml:2: people[0].id: 'opsbot' is the bot itself and never a person")]
    [InlineData("- {name: Ada}", "people[0].id: ")]
    [InlineData("- {id: ada}\n  - {id: bob}\n  - {id: ada}", "opsbot.yaml:4: people[2].id: 'ada' stands twice")]
    [InlineData("- {id: ada, roles: [On Call]}", "people[0].roles: 'On Call' is no role")]
    [InlineData("- {id: ada, rolls: [oncall]}", "unknown key 'people[0].rolls'; did you mean 'roles'?")]
    [InlineData("- {id: ada, identities: {icq: [1]}}", "people[0].identities: 'icq' is no surface; known are slack, teams, web")]
    [InlineData("- {id: ada, identities: {slack: [U1]}}\n  - {id: bob, identities: {slack: [U1]}}", "people[1].identities.slack: 'U1' belongs to 'ada' already")]
    [InlineData("- {id: ada, token: \"" + Hash + "\"}\n  - {id: bob, token: \"" + Hash + "\"}", "opsbot.yaml:3: people[1].token: is also the token of 'ada'")]
    [InlineData("id: ada", "people: expects a list")]
    public void What_could_confuse_people_is_named_with_its_line(string yaml, string expected) =>
        ActionsConfiguration.Problems($"people:\n  {yaml}\n").ShouldHaveSingleItem().ShouldContain(expected);

    [Theory]
    [InlineData("opsbot_Zm9vYmFyYmF6cXV4")]
    [InlineData("hunter2hunter2")]
    [InlineData("sha256:abc")]
    [InlineData("sha256:zz11111111111111111111111111111111111111111111111111111111111111")]
    public void A_token_in_the_place_of_its_hash_is_refused_and_never_repeated(string token)
    {
        var problem = ActionsConfiguration.Problems($"people:\n  - id: ada\n    token: {token}\n").ShouldHaveSingleItem();
        problem.ShouldContain("opsbot.yaml:3: people[0].token");
        problem.ShouldContain("opsbot people token");
        problem.ShouldNotContain(token);

        // by itself too, not only because the check takes secrets out of what it says
        var person = Some.Ada();
        person.Token = token;
        new PeopleOptionsValidator().Validate(null, Some.People(person)).FailureMessage.ShouldNotBeNull().ShouldNotContain(token);
    }

    [Fact]
    public void The_hash_may_lie_in_a_file_of_its_own()
    {
        using var folder = new SomeFolder();
        var file = folder.Write("ada", PersonalToken.HashLine("her-token") + "\n");
        ActionsConfiguration.Problems($"people:\n  - {{id: ada, token: !file {file}}}\n").ShouldBeEmpty();
    }
}

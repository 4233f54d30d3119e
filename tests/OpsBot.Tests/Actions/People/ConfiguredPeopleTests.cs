using OpsBot.Actions.People;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.People;

public sealed class ConfiguredPeopleTests
{
    private const string AdasToken = "opsbot_adas-token";
    private const string GracesToken = "opsbot_graces-token";

    private readonly ConfiguredPeople _people = new(Some.People(
        Some.Ada(AdasToken), Some.Grace(GracesToken), new PersonOptions { Id = "mute", Identities = new() { ["slack"] = ["U1", "U2"] } }));

    [Fact]
    public void A_token_is_that_of_its_person_and_of_nobody_else()
    {
        _people.ByToken(AdasToken)!.Id.ShouldBe("ada");
        _people.ByToken(GracesToken)!.Id.ShouldBe("grace");
    }

    [Theory]
    [InlineData("")]
    [InlineData("opsbot_adas-toke")]
    [InlineData("opsbot_adas-token ")]
    [InlineData("OPSBOT_ADAS-TOKEN")]
    public void Any_other_token_is_nobodys(string token) => _people.ByToken(token).ShouldBeNull();

    [Fact]
    public void The_hash_is_no_token_and_neither_is_a_megabyte()
    {
        _people.ByToken(PersonalToken.HashLine(AdasToken)).ShouldBeNull();
        _people.ByToken(new string('x', 1 << 20)).ShouldBeNull();
    }

    [Fact]
    public void An_identity_is_one_person_on_one_surface()
    {
        _people.ByIdentity("slack", "U2")!.Id.ShouldBe("mute");
        _people.ByIdentity("teams", "U2").ShouldBeNull();
        _people.ByIdentity("slack", "u2").ShouldBeNull();
    }

    [Fact]
    public void People_are_found_by_their_id_as_it_is_written()
    {
        _people.Find("ada")!.Name.ShouldBe("Ada Lovelace");
        _people.Find("ADA").ShouldBeNull();
        _people.Find("mute")!.Name.ShouldBe("mute");
    }

    [Fact]
    public void A_fresh_token_is_long_random_and_found_by_its_line()
    {
        var token = PersonalToken.Create();
        token.Length.ShouldBe(50);
        PersonalToken.Create().ShouldNotBe(token);
        new ConfiguredPeople(Some.People(Some.Ada(token))).ByToken(token)!.Id.ShouldBe("ada");
    }
}

using OpsBot.Actions.People;
using OpsBot.Host.Cli;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Host.Cli;

public sealed class ActingPersonTests : IDisposable
{
    private const string Token = "opsbot_adas-token";

    private readonly SomeFolder _folder = new();
    private readonly ConfiguredPeople _people = new(Some.People(Some.Ada(Token), Some.Grace("opsbot_graces-token")));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_token_comes_from_the_variable_or_from_a_file_which_goes_first()
    {
        ActingPerson.Resolve(null, Token, _people).Id.ShouldBe("ada");
        ActingPerson.Resolve(_folder.Write("token", "opsbot_graces-token\n"), Token, _people).Id.ShouldBe("grace");
    }

    [Theory]
    [InlineData(null, "OPSBOT_TOKEN")]
    [InlineData("", "opsbot people token")]
    [InlineData("opsbot_nobodys-token", "The token in OPSBOT_TOKEN is nobody's")]
    public void Without_a_token_of_somebody_it_says_what_to_do_and_not_the_token(string? variable, string expected)
    {
        var message = Should.Throw<UnusableInputException>(() => ActingPerson.Resolve(null, variable, _people)).Message;
        message.ShouldContain(expected);
        message.ShouldNotContain("nobodys-token");
    }

    [Fact]
    public void A_file_that_is_missing_is_named() => Should.Throw<UnusableInputException>(
        () => ActingPerson.Resolve(Path.Combine(_folder.Path, "none"), Token, _people)).Message.ShouldContain("does not exist");
}

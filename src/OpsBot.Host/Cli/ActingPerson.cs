using System.CommandLine;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;
using OpsBot.Host.Configuration;

namespace OpsBot.Host.Cli;

/// <summary>
/// Who gives a command that decides or changes something. The token comes from a file or the environment, never from an argument: those can be read by
/// everybody on the machine and stay in the shell's history.
/// </summary>
internal static class ActingPerson
{
    public const string Variable = "OPSBOT_TOKEN";

    public static Option<string?> TokenFile() => new("--token-file") { Description = $"File with your personal token. Default: the token in ${Variable}." };

    /// <exception cref="UnusableInputException">There is no token, or it is nobody's; says what to do, never the token.</exception>
    public static Person Resolve(this ParseResult parsed, Option<string?> tokenFile, IPeople people) =>
        Resolve(parsed.GetValue(tokenFile), Environment.GetEnvironmentVariable(Variable), people);

    internal static Person Resolve(string? file, string? variable, IPeople people)
    {
        var (token, from) = (variable, Variable);
        if (file is not null)
        {
            var (text, problem) = SecretFile.Read(file, Directory.GetCurrentDirectory());
            (token, from) = (text ?? throw new UnusableInputException($"--token-file: {problem}."), $"'{file}'");
        }

        if (string.IsNullOrWhiteSpace(token))
        {
            throw new UnusableInputException(
                $"This needs a person. Put your personal token into {Variable}, or into a file that --token-file names; 'opsbot people token' makes one.");
        }

        return people.ByToken(token.Trim()) ?? throw new UnusableInputException(
            $"The token in {from} is nobody's. Compare 'opsbot people list' with the configuration that this command reads, or make a new one with 'opsbot people token'.");
    }
}

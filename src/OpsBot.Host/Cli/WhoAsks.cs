using System.CommandLine;
using OpsBot.Actions.People;
using OpsBot.Contracts.Actions;

namespace OpsBot.Host.Cli;

/// <summary>Verbs that decide or change something need a person: the one whose personal token is given. Never as an argument, which every process list shows.</summary>
internal static class WhoAsks
{
    public const string TokenVariable = "OPSBOT_TOKEN";

    private const int LongestToken = 4096;

    public static Option<string?> TokenFile() => new("--token-file")
    {
        Description = $"File with your personal token. Default: what {TokenVariable} holds. 'opsbot people' says who has one.",
    };

    /// <exception cref="UnusableInputException">There is no token, or it is nobody's.</exception>
    public static Person Person(this ParseResult parsed, Option<string?> tokenFile, IServiceProvider services)
    {
        var token = parsed.GetValue(tokenFile) is { } file ? Read(file) : Environment.GetEnvironmentVariable(TokenVariable)?.Trim();
        if (string.IsNullOrEmpty(token))
        {
            throw new UnusableInputException($"This needs a person. Put your personal token into {TokenVariable}, or into a file named with --token-file.");
        }

        return services.GetRequiredService<IPeople>().ByToken(token)
            ?? throw new UnusableInputException("The token is nobody's. Check that it is yours and stands, hashed, under 'people' of the configuration.");
    }

    private static string Read(string file)
    {
        if (!File.Exists(file) || new FileInfo(file).Length > LongestToken)
        {
            throw new UnusableInputException($"'{file}' is not a file with a token; write the token alone into it.");
        }

        return File.ReadAllText(file).Trim();
    }
}

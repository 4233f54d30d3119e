using System.CommandLine;
using Microsoft.Extensions.Options;
using OpsBot.Actions.People;
using OpsBot.Chat.Cards;
using OpsBot.Host.Serving;

namespace OpsBot.Host.Cli;

internal static class PeopleCommand
{
    public static Command Create() => new(
        "people", "Who may decide and change things, and their tokens.\n\nExamples: opsbot people token · opsbot people list")
    {
        Token(), List(),
    };

    private static Command Token()
    {
        var command = new Command("token", "Make a personal token. It is printed once; the configuration gets its hash.");
        command.SetAction(_ =>
        {
            var token = PersonalToken.Create();
            Console.Error.WriteLine("Your token; it is shown this once. Keep it as you keep a password:");
            Console.WriteLine(token);
            Console.Error.WriteLine("The line for the configuration, under 'people':");
            Console.WriteLine($"token: {PersonalToken.HashLine(token)}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List()
    {
        var (config, json) = (CommonOptions.Config(), CommonOptions.Json());
        var command = new Command("list", "List the people of the configuration.") { config, json };
        command.SetAction(parsed =>
        {
            var loaded = parsed.LoadConfiguration(config);
            var services = new ServiceCollection().AddLogging().AddOpsBot(loaded, new ServeSettings(ServeSettings.DefaultDataFolder));
            using var provider = services.BuildServiceProvider();
            var people = provider.GetRequiredService<IOptions<PeopleOptions>>().Value
                .Select(person => new Listed(person.Id, person.Name ?? person.Id, person.Roles, person.Token is not null, person.Identities.Keys)).ToList();
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(people);
                return ExitCode.Done;
            }

            people.ForEach(person => Console.WriteLine(
                $"{person.Id}  {PlainText.Line(person.Name, 60)}  roles: {Words(person.Roles)}  chat: {Words(person.Surfaces)}{(person.HasToken ? "" : "  no token")}"));
            if (people.Count == 0)
            {
                Console.Error.WriteLine("Nobody: nothing can be decided or changed. Put people into the configuration; 'opsbot people token' makes their tokens.");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static string Words(IEnumerable<string> words) => string.Join(", ", words) is { Length: > 0 } text ? text : "none";

    private sealed record Listed(string Id, string Name, IReadOnlyList<string> Roles, bool HasToken, IEnumerable<string> Surfaces);
}

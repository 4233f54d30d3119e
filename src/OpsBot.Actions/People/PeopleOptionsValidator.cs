using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.People;

/// <summary>Refuses people who could be taken for each other. No message repeats a token.</summary>
internal sealed partial class PeopleOptionsValidator : IValidateOptions<PeopleOptions>
{
    public const int MaxPeople = 1000;
    private static readonly string[] Surfaces = ["slack", "teams", "web", "email"];

    public ValidateOptionsResult Validate(string? name, PeopleOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(PeopleOptions people)
    {
        if (people.Count > MaxPeople)
        {
            yield return $"people: {people.Count} people; at most {MaxPeople}.";
            yield break;
        }

        var ids = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var tokens = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var identities = new Dictionary<(string, string), string>();
        for (var i = 0; i < people.Count; i++)
        {
            var (person, key) = (people[i], $"people[{i}]");
            foreach (var problem in Id(person, key, ids).Concat(Roles(person, key)).Concat(Token(person, key, tokens)).Concat(Identities(person, key, identities)))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<string> Id(PersonOptions person, string key, HashSet<string> ids)
    {
        if (person.Id.Equals(Actors.OpsBot, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"{key}.id: '{Actors.OpsBot}' is the bot itself and never a person; choose another id.";
        }
        else if (!ids.Add(person.Id))
        {
            yield return $"{key}.id: '{person.Id}' stands twice; every person has an id of their own.";
        }
    }

    private static IEnumerable<string> Roles(PersonOptions person, string key) => person.Roles
        .Where(role => !RoleName().IsMatch(role))
        .Select(role => $"{key}.roles: '{role}' is no role; write lower-case letters, digits and '-', such as oncall.");

    private static IEnumerable<string> Token(PersonOptions person, string key, Dictionary<string, string> tokens)
    {
        if (person.Token is null)
        {
            yield break;
        }

        if (PersonalToken.ParseHashLine(person.Token) is null)
        {
            yield return $"{key}.token: is no hash (the value is not shown). Only sha256: and 64 hexadecimal digits belong here, never the token itself; "
                + "'opsbot people token' makes a token and prints its line.";
        }
        else if (!tokens.TryAdd(person.Token, person.Id))
        {
            yield return $"{key}.token: is also the token of '{tokens[person.Token]}'; every person has a token of their own.";
        }
    }

    private static IEnumerable<string> Identities(PersonOptions person, string key, Dictionary<(string, string), string> seen)
    {
        foreach (var (surface, names) in person.Identities)
        {
            if (!Surfaces.Contains(surface, StringComparer.Ordinal))
            {
                yield return $"{key}.identities: '{surface}' is no surface; known are {string.Join(", ", Surfaces)}.";
            }

            foreach (var name in names)
            {
                if (string.IsNullOrWhiteSpace(name) || name.Length > 200)
                {
                    yield return $"{key}.identities.{surface}: an identity has 1 to 200 characters; this one has {name.Length}.";
                }
                else if (!seen.TryAdd((surface, ConfiguredPeople.Canonical(surface, name)), person.Id))
                {
                    yield return $"{key}.identities.{surface}: '{name}' belongs to '{seen[(surface, ConfiguredPeople.Canonical(surface, name))]}' already; one identity is one person.";
                }
            }
        }
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,49}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RoleName();
}

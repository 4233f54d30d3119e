using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.People;

/// <summary>The people of the configuration.</summary>
internal sealed class ConfiguredPeople : IPeople
{
    private readonly Dictionary<string, Person> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Surface, string Identity), Person> _byIdentity = [];
    private readonly List<(byte[] Hash, Person Person)> _byToken = [];

    public ConfiguredPeople(IOptions<PeopleOptions> options) : this(options.Value)
    {
    }

    internal ConfiguredPeople(PeopleOptions options)
    {
        All = [.. options.Select(Add)];
    }

    public IReadOnlyList<Person> All { get; }

    public Person? Find(string id) => _byId.GetValueOrDefault(id);

    public bool CanLogIn => _byToken.Count > 0;

    public Person? ByToken(string token)
    {
        if (string.IsNullOrEmpty(token) || token.Length > PersonalToken.MaxLength)
        {
            return null;
        }

        var guess = PersonalToken.Hash(token);
        Person? found = null;
        foreach (var (hash, person) in _byToken)
        {
            // no early end: how long it takes must not say whose token it nearly is
            if (CryptographicOperations.FixedTimeEquals(guess, hash))
            {
                found = person;
            }
        }

        return found;
    }

    public Person? ByIdentity(string surface, string identity) => _byIdentity.GetValueOrDefault((surface, Canonical(surface, identity)));

    /// <summary>An address of e-mail is the same however it is written; every other id is what it is.</summary>
    internal static string Canonical(string surface, string identity) => surface == "email" ? identity.Trim().ToLowerInvariant() : identity;

    private Person Add(PersonOptions options)
    {
        var person = new Person(options.Id, options.Name ?? options.Id, [.. options.Roles.Distinct(StringComparer.Ordinal)]);
        _byId.Add(person.Id, person);
        if (PersonalToken.ParseHashLine(options.Token) is { } hash)
        {
            _byToken.Add((hash, person));
        }

        foreach (var (surface, names) in options.Identities)
        {
            foreach (var name in names)
            {
                _byIdentity.Add((surface, Canonical(surface, name)), person);
            }
        }

        return person;
    }
}

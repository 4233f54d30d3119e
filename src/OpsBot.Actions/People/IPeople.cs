using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.People;

/// <summary>Everybody whom the configuration names.</summary>
public interface IPeople
{
    IReadOnlyList<Person> All { get; }

    Person? Find(string id);

    /// <summary>True where at least one person has a personal token.</summary>
    bool CanLogIn { get; }

    /// <summary>Whose personal token it is; null where it is nobody's. Takes the same time for every wrong token.</summary>
    Person? ByToken(string token);

    /// <summary>Who it is that a chat surface calls so; null where nobody is.</summary>
    /// <param name="surface"><c>slack</c>, <c>teams</c>, …; <c>email</c> for an address that a surface vouches for.</param>
    Person? ByIdentity(string surface, string identity);
}

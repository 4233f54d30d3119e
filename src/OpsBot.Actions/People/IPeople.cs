using OpsBot.Contracts.Actions;

namespace OpsBot.Actions.People;

/// <summary>Everybody whom the configuration names.</summary>
public interface IPeople
{
    IReadOnlyList<Person> All { get; }

    Person? Find(string id);

    /// <summary>Whose personal token it is; null where it is nobody's. Takes the same time for every wrong token.</summary>
    Person? ByToken(string token);

    /// <summary>Changes whenever the person's token does, and tells nothing of it; null for nobody and for a person without a token. A session that bears another one is over.</summary>
    string? TokenStamp(string id);

    /// <summary>Who it is that a chat surface calls so; null where nobody is.</summary>
    /// <param name="surface"><c>slack</c>, <c>teams</c>, …</param>
    Person? ByIdentity(string surface, string identity);
}

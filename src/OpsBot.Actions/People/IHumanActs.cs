using OpsBot.Storage.Messages;

namespace OpsBot.Actions.People;

/// <summary>Hears, in the transaction in which it happens, that a person acted on an incident, whatever they did it through.</summary>
public interface IHumanActs
{
    Task ActedOnAsync(long incidentId, EffectScope scope);
}

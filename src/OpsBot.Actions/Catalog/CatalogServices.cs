using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsBot.Actions.People;
using OpsBot.Actions.Policy;

namespace OpsBot.Actions.Catalog;

public static class CatalogServices
{
    /// <summary>Who may decide, what may be done, and by which rules. The Host binds <see cref="PeopleOptions"/>, <see cref="ActionsOptions"/> and <see cref="PolicyOptions"/>.</summary>
    public static IServiceCollection AddCatalog(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PeopleOptions>, PeopleOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PolicyOptions>, PolicyOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ActionsOptions>, ActionsOptionsValidator>());
        services.TryAddSingleton<IPeople, ConfiguredPeople>();
        services.TryAddSingleton<IActionCatalog, ActionCatalog>();
        services.TryAddSingleton<IActionPlanner, ActionPlanner>();
        services.TryAddSingleton<IActionPolicy, ConfiguredPolicy>();
        return services;
    }
}

using System.Data.Common;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsBot.Actions;
using OpsBot.Actions.Catalog;
using OpsBot.Chat;
using OpsBot.Chat.Teams;
using OpsBot.Diagnosis;
using OpsBot.Evidence;
using OpsBot.Handlers;
using OpsBot.Host.Bus;
using OpsBot.Host.Configuration;
using OpsBot.Host.WebConsole;
using OpsBot.Incidents;
using OpsBot.Ingress;
using OpsBot.Knowledge;
using OpsBot.Runtime;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage;
using OpsBot.Storage.Engine;
using OpsBot.Watches;

namespace OpsBot.Host.Serving;

/// <summary>What every verb that works with the store shares.</summary>
internal static class OpsBotServices
{
    /// <summary>All parts but the bus and the listeners.</summary>
    public static IServiceCollection AddOpsBot(this IServiceCollection services, LoadedConfiguration configuration, ServeSettings settings)
    {
        services.AddSections(configuration);
        services.PostConfigure<StoreOptions>(options => options.DataFolder = settings.DataFolder);
        services.PostConfigure<ServeOptions>(options => options.Roles = [.. settings.Roles ?? options.Roles]);
        services.PostConfigure<ListenOptions>(options => options.Urls = settings.Urls ?? options.Urls);
        services.PostConfigure<ConsoleOptions>(options => options.Urls = settings.ConsoleUrls ?? options.Urls);
        // asked by 'config check' and 'doctor' too, which start no listener
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BusOptions>, BusOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ListenOptions>, ListenOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ConsoleOptions>, ConsoleOptionsValidator>());
        services.TryAddSingleton(configuration.Configuration);
        services.TryAddSingleton(new ConfigurationFolder(Path.GetDirectoryName(Path.GetFullPath(configuration.File ?? OpsBotConfiguration.FileName))!));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartRule, GateStartRule>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartRule, LoopStartRule>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartRule, SharedStoreRule>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartRule, TeamsListenRule>());
        if (TeamsOf(configuration).IsConfigured)
        {
            services.AddTeams();
        }

        services.AddSingleton(_ => OwnSecrets(configuration));
        return services
            .AddSingleton(TimeProvider.System)
            .AddRuntime()
            .AddStorage()
            .AddIngress()
            .AddEvidence()
            .AddBundles()
            .AddIncidents()
            .AddKnowledge()
            .AddShippedRunbooks()
            .AddDiagnosis()
            .AddActions()
            .AddCatalog()
            .AddWatches()
            .AddChat()
            .AddSlackWhereConfigured(configuration)
            .AddHandlerServices();
    }

    /// <summary>Which parts of the program this host is decides what is registered too.</summary>
    public static IReadOnlySet<HostRole> RolesOf(LoadedConfiguration configuration, ServeSettings settings)
    {
        var options = new ServeOptions();
        new OptionsBinder([], []).Bind(options, configuration.Root.Find("serve"), "serve");
        return (settings.Roles ?? options.Roles).ToHashSet();
    }

    /// <summary>Which bus it is decides what is registered, before anything can be asked of the options.</summary>
    public static BusOptions BusOf(LoadedConfiguration configuration)
    {
        var options = new BusOptions();
        // what does not fit is said by the check of the whole configuration
        new OptionsBinder([], []).Bind(options, configuration.Root.Find("bus"), "bus");
        return options;
    }

    /// <summary>Whether Teams is a surface decides what is registered: whatever is a surface is posted to.</summary>
    private static TeamsOptions TeamsOf(LoadedConfiguration configuration)
    {
        var options = new TeamsOptions();
        new OptionsBinder([], []).Bind(options, configuration.Root.Find(TeamsOptions.Section), TeamsOptions.Section);
        return options;
    }

    /// <summary>Whatever the configuration keeps secret is taken out of everything that is shown.</summary>
    private static KnownSecrets OwnSecrets(LoadedConfiguration configuration)
    {
        var known = new KnownSecrets();
        foreach (var secret in configuration.Secrets())
        {
            known.Add(secret);
        }

        foreach (var password in new[] { StorePassword(configuration), BrokerPassword(configuration) }.OfType<string>())
        {
            known.Add(password);
        }

        return known;
    }

    private static string? BrokerPassword(LoadedConfiguration configuration)
    {
        try
        {
            return BusOf(configuration).RabbitMq is { Length: > 0 } address && BrokerAddress.Parse(address).Password is { Length: > 0 } password ? password : null;
        }
        catch (FormatException)
        {
            // the configuration check says what is wrong with it
            return null;
        }
    }

    private static string? StorePassword(LoadedConfiguration configuration)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = configuration.Configuration["store:postgres"] };
            return parts.TryGetValue("Password", out var password) && password is string { Length: > 0 } text ? text : null;
        }
        catch (ArgumentException)
        {
            // the store says what is wrong with it
            return null;
        }
    }
}

using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace OpsBot.Host.Configuration;

/// <summary>Binds a part of the file to the options class of a feature.</summary>
public static class SectionRegistration
{
    /// <summary>
    /// Registers <typeparamref name="TOptions"/> as <c>IOptions</c>, filled from <paramref name="name"/> of the configuration. Asking for options that do
    /// not hold throws <see cref="OptionsValidationException"/>; run <see cref="ConfigurationCheck"/> first to see all problems with their lines.
    /// </summary>
    /// <param name="name">Dotted where it lies deeper: <c>evidence.prometheus</c>. Each name and each type once.</param>
    public static IServiceCollection AddSection<TOptions>(this IServiceCollection services, LoadedConfiguration loaded, string name)
        where TOptions : class, new()
    {
        if (services.Sections().Any(section => section.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || section.OptionsType == typeof(TOptions)))
        {
            throw new InvalidOperationException($"The section '{name}' or its options {typeof(TOptions)} is registered already; register each once.");
        }

        services.AddSingleton(new ConfigSection(name, typeof(TOptions)));
        services.AddOptions<TOptions>().Configure<IEnumerable<ConfigSection>>((options, sections) =>
            new OptionsBinder([.. sections.Select(section => section.Name)], []).Bind(options, loaded.Root.Find(name), name));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, SectionValidator<TOptions>>(
            provider => new SectionValidator<TOptions>(loaded, name, provider)));
        return services;
    }

    /// <summary>The sections registered so far, in the order of registration.</summary>
    public static IReadOnlyList<ConfigSection> Sections(this IServiceCollection services) =>
        [.. services.Select(service => service.IsKeyedService ? null : service.ImplementationInstance).OfType<ConfigSection>()];
}

/// <summary>Marks our own validator, whose findings the check has by itself.</summary>
internal interface ISectionValidator;

internal sealed class SectionValidator<TOptions>(LoadedConfiguration loaded, string name, IServiceProvider services)
    : IValidateOptions<TOptions>, ISectionValidator
    where TOptions : class, new()
{
    public ValidateOptionsResult Validate(string? _, TOptions options)
    {
        var problems = new List<ConfigProblem>();
        var node = loaded.Root.Find(name);
        new OptionsBinder([.. services.GetServices<ConfigSection>().Select(section => section.Name)], problems).Bind(new TOptions(), node, name);
        new OptionsValidation(services, problems).Validate(options, node, loaded.Root.Origin, name);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Select(problem => problem.ToString()));
    }
}

using Microsoft.Extensions.Options;
using OpsBot.Host.Configuration;
using OpsBot.Host.WebConsole;

namespace OpsBot.Host.Serving;

/// <summary>The program does not start with this configuration.</summary>
public sealed class ConfigurationRefusedException(IReadOnlyList<ConfigProblem> problems)
    : Exception("The configuration does not hold:\n" + string.Join('\n', problems.Select(problem => $"  {problem}")) +
        "\nMend it and check it with 'opsbot config check'.")
{
    public IReadOnlyList<ConfigProblem> Problems { get; } = problems;

    internal static void ThrowIfAny(LoadedConfiguration configuration, IServiceCollection services)
    {
        using var provider = services.BuildServiceProvider();
        if (ConfigurationCheck.Run(configuration, services.Sections(), provider) is { Count: > 0 } problems)
        {
            throw new ConfigurationRefusedException(problems);
        }

        try
        {
            // the file alone holds: what does not is what the command line has put over it
            _ = provider.GetRequiredService<IOptions<ConsoleOptions>>().Value;
        }
        catch (OptionsValidationException refused)
        {
            throw new ConfigurationRefusedException([.. refused.Failures.Select(failure => new ConfigProblem("--console-urls", 0, failure))]);
        }
    }
}

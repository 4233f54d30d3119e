using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsBot.Host.Configuration;

namespace OpsBot.Tests.Host.Configuration;

/// <summary>Parses a text as <c>opsbot.yaml</c> with the section <c>sample</c>.</summary>
internal static class ConfigFixture
{
    private static readonly ConfigSection[] Sections = [new("sample", typeof(SampleOptions))];

    public static Dictionary<string, string> Env(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);

    public static string[] Problems(string yaml, Dictionary<string, string>? environment = null) =>
        [.. ConfigurationCheck.Run(OpsBotConfiguration.Parse(yaml, environment: environment), Sections).Select(problem => problem.ToString())];

    public static string[] ProblemsWith(string yaml, params ConfigSection[] sections) =>
        [.. ConfigurationCheck.Run(OpsBotConfiguration.Parse(yaml), sections).Select(problem => problem.ToString())];

    /// <summary>The options as a consumer of <c>IOptions</c> gets them.</summary>
    public static SampleOptions Bind(string yaml, Dictionary<string, string>? environment = null)
    {
        var loaded = OpsBotConfiguration.Parse(yaml, environment: environment);
        ConfigurationCheck.Run(loaded, Sections).Select(problem => problem.ToString()).ShouldBeEmpty();
        using var services = new ServiceCollection().AddSection<SampleOptions>(loaded, "sample").BuildServiceProvider();
        return services.GetRequiredService<IOptions<SampleOptions>>().Value;
    }
}

using System.CommandLine;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;

namespace OpsBot.Host.Cli;

internal static class ConfigCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("file") { Description = "The file; default as for 'serve'.", Arity = ArgumentArity.ZeroOrOne };
        var json = CommonOptions.Json();
        var check = new Command("check", "Say everything that is wrong with a configuration, with its line.") { file, json };
        check.SetAction(parsed =>
        {
            var loaded = OpsBotConfiguration.Load(parsed.GetValue(file));
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddOpsBot(loaded, new ServeSettings(ServeSettings.DefaultDataFolder));
            using var provider = services.BuildServiceProvider();
            var problems = ConfigurationCheck.Run(loaded, services.Sections(), provider);
            if (parsed.GetValue(json))
            {
                CommonOptions.WriteJson(problems);
            }
            else
            {
                foreach (var problem in problems)
                {
                    Console.Error.WriteLine(problem);
                }

                Console.Error.WriteLine(problems.Count == 0 ? $"{loaded.File ?? "built-in defaults"}: no problems" : problems.Count == 1 ? "1 problem" : $"{problems.Count} problems");
            }

            return problems.Count == 0 ? ExitCode.Done : ExitCode.Unusable;
        });
        return new Command("config", "Check the configuration.\n\nExample: opsbot config check deploy/opsbot.yaml") { check };
    }
}

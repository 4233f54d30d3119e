using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Actions.Catalog;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.IntegrationTests.Support;
using OpsBot.Runtime.Processes;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Actions;

/// <summary>The sample action silence-alert against Debian's Alertmanager.</summary>
public sealed class SilenceAlertTests : IDisposable
{
    private const string Alertmanager = "/usr/bin/prometheus-alertmanager";

    private readonly DataFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_silences_once_and_its_undo_expires_that_silence_and_no_other()
    {
        ServerProcess.Require(Alertmanager, "/usr/bin/amtool");
        var port = ServerProcess.FreePort();
        var url = $"http://127.0.0.1:{port}";
        var config = _folder.Write("alertmanager.yml", "route: {receiver: none}\nreceivers: [{name: none}]\n");
        await using var server = ServerProcess.Start(
            Alertmanager, $"--config.file={config}", $"--storage.path={_folder.Path}/alertmanager", $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=");
        await server.ReadyAsync(new Uri($"{url}/-/ready"), Cancel);
        await using var services = Services(url);
        var action = services.GetRequiredService<IActionCatalog>().Find("silence-alert").ShouldNotBeNull();
        var plan = services.GetRequiredService<IActionPlanner>().Plan(
            action, new Dictionary<string, string> { ["alertname"] = "DiskFull", ["instance"] = "db-1:9100", ["url"] = url }, null);

        var before = await RunAsync(services, plan.State!, "run-1");
        (await RunAsync(services, plan.DryRun!, "run-1")).ShouldNotBeNull();
        (await RunAsync(services, plan.Probe!, "run-1", exit: 1)).ShouldNotBeNull();
        await RunAsync(services, plan.Run, "run-1");
        await RunAsync(services, plan.Run, "run-1");
        (await ActiveAsync(url)).ShouldBe(["OpsBot run-1"]);
        await RunAsync(services, plan.Probe!, "run-1");

        await RunAsync(services, plan.Run, "run-2");
        await RunAsync(services, plan.Undo!, "run-1");
        (await ActiveAsync(url)).ShouldBe(["OpsBot run-2"]);
        await RunAsync(services, plan.Probe!, "run-1", exit: 1);

        await RunAsync(services, plan.Undo!, "run-2");
        await RunAsync(services, plan.Undo!, "run-2");
        (await RunAsync(services, plan.State!, "run-1")).ShouldBe(before);
    }

    private static async Task<string> RunAsync(IServiceProvider services, PlannedCommand command, string key, int exit = 0)
    {
        var result = await services.GetRequiredService<IProcessRunner>().RunAsync(
            new ProcessRequest(command.Arguments[0], [.. command.Arguments.Skip(1)])
            {
                Environment = new Dictionary<string, string>(command.Environment) { ["OPSBOT_IDEMPOTENCY_KEY"] = key },
                TimeLimit = OpsBotProgram.Patience,
            },
            Cancel);
        result.ExitCode.ShouldBe(exit, $"{string.Join(' ', command.Arguments)}\n{result.Output.Text}\n{result.Error.Text}{result.StartError}");
        return result.Output.Text;
    }

    private static async Task<IEnumerable<string>> ActiveAsync(string url)
    {
        using var http = new HttpClient();
        return JsonNode.Parse(await http.GetStringAsync(new Uri($"{url}/api/v2/silences"), Cancel))!.AsArray()
            .Where(silence => silence!["status"]!["state"]!.GetValue<string>() == "active").Select(silence => silence!["comment"]!.GetValue<string>());
    }

    /// <summary>The sample as somebody takes it over: with the address of their own Alertmanager in it.</summary>
    private ServiceProvider Services(string url)
    {
        var samples = Path.Combine(OpsBotProgram.Repository(), "deploy", "actions");
        var sample = File.ReadAllText(Path.Combine(samples, "alertmanager.yaml")).Replace("http://127.0.0.1:9093", url, StringComparison.Ordinal)
            .Replace("bin/alertmanager-silence", Path.Combine(samples, "bin", "alertmanager-silence"), StringComparison.Ordinal);
        _folder.Write("silence.yaml", sample);
        var config = _folder.Write("opsbot.yaml", "people: [{id: ada, roles: [oncall]}]\nactions: {include: [silence.yaml]}\n");
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddOpsBot(OpsBotConfiguration.Load(config, new Dictionary<string, string>()), new ServeSettings(_folder.Data));
        return services.BuildServiceProvider();
    }
}

using Microsoft.Extensions.DependencyInjection;
using OpsBot.Actions.Catalog;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.Tests.Architecture;
using OpsBot.Tests.Support;

namespace OpsBot.Tests.Actions.Catalog;

/// <summary>deploy/actions, with programs of the same names in the place of those that a build machine does not have.</summary>
public sealed class SampleActionsTests
{
    public static readonly string[] Programs = ["systemctl", "kubectl", "scontrol", "scancel", "curl"];

    private static readonly string Yaml =
        $"people: [{{id: ada, roles: [oncall]}}, {{id: grace, roles: [oncall]}}]\nactions:\n  include: [actions/*.yaml]\n  path: [{SomeFolder.WithPrograms(Programs)}, /usr/bin, /bin]\n";

    private static readonly string File = Path.Combine(Repository.Root, "deploy", "opsbot.yaml");

    [Fact]
    public void They_hold() => ActionsConfiguration.Problems(Yaml, File).ShouldBeEmpty();

    [Theory]
    [InlineData("restart-unit", "unit=nginx.service", "systemctl --system restart nginx.service")]
    [InlineData("rollback-deployment", "namespace=shop,deployment=checkout,revision=7", "kubernetes-deployment rollback shop checkout 7")]
    [InlineData("abort-rollout", "namespace=shop,rollout=checkout", "argo-rollout abort shop checkout")]
    [InlineData("requeue-job", "job=4711_3", "scontrol requeue 4711_3")]
    [InlineData("requeue-elsewhere", "job=4711,node=gpu-7", "slurm-job elsewhere 4711 gpu-7")]
    [InlineData("cancel-job", "job=4711", "scancel 4711")]
    [InlineData("resubmit-job", "job=4711,setting=LEARNING_RATE=0.01", "slurm-job resubmit 4711 LEARNING_RATE=0.01")]
    [InlineData("drain-node", "node=gpu-7", "scontrol update nodename=gpu-7 state=drain reason=opsbot")]
    [InlineData("silence-alert", "alertname=DiskFull,instance=db-1:9100", "alertmanager-silence add http://127.0.0.1:9093 DiskFull db-1:9100 30m")]
    [InlineData("trigger-workflow", "repository=acme/cart,workflow=deploy.yml", "{\"ref\":\"main\"} https://api.github.com/repos/acme/cart/actions/workflows/deploy.yml/dispatches")]
    public void Each_is_planned_with_a_dry_run_that_changes_nothing(string name, string arguments, string command)
    {
        using var provider = Services();
        var action = provider.GetRequiredService<IActionCatalog>().Find(name).ShouldNotBeNull();
        var planner = provider.GetRequiredService<IActionPlanner>();
        var plan = planner.Plan(action, arguments.Split(',').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]), null);
        string.Join(' ', plan.Run.Arguments).ShouldEndWith(command);
        var dryRun = plan.DryRun.ShouldNotBeNull().Arguments;
        dryRun.ShouldNotBe(plan.Run.Arguments);
        dryRun.ShouldAllBe(argument => !argument.Contains('{'));
        dryRun.ShouldContain(argument => argument == "show" || argument.StartsWith("--dry-run", StringComparison.Ordinal) || argument.StartsWith("https://", StringComparison.Ordinal));
        dryRun.ShouldNotContain("POST");
        planner.HashFiles(action, plan.All).Keys.ShouldContain(plan.Run.Arguments[0]);
    }

    [Fact]
    public void No_other_action_ships()
    {
        using var provider = Services();
        provider.GetRequiredService<IActionCatalog>().All.Count.ShouldBe(10);
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddOpsBot(OpsBotConfiguration.Parse(Yaml, File), new ServeSettings(Path.GetTempPath()));
        return services.BuildServiceProvider();
    }
}

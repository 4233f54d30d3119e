using OpsBot.Contracts.Events;
using OpsBot.Contracts.Ports;
using OpsBot.Contracts.Watches;
using OpsBot.Tests.Support;
using OpsBot.Watches.Canaries;
using OpsBot.Watches.Declared;

namespace OpsBot.Tests.Watches.Canaries;

/// <summary>Which deploys begin a canary's watch, over a real store, and when it is over.</summary>
public sealed class CanaryDeployTests : IAsyncDisposable
{
    private readonly StoredDesk _desk = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IWatchReader Reader => _desk.Store.Get<IWatchReader>();

    public static TheoryData<string, bool> Deploys() => new()
    {
        { "plain", false }, { "old-and-new", true }, { "only-new", false }, { "fact", true }, { "payload", true }, { "weight", true }, { "rollout-without-steps", false },
        { "environment", true }, { "task", true }, { "push", false },
    };

    [Theory]
    [MemberData(nameof(Deploys))]
    public void A_deploy_says_in_several_ways_that_it_is_a_canary(string how, bool isCanary)
    {
        DeployReported With(params (string, string)[] facts) => Deploy() with { Facts = facts.ToDictionary(fact => fact.Item1, fact => fact.Item2) };
        CanaryWords.IsCanary(how switch
        {
            "old-and-new" => Deploy() with { OldInstances = ["checkout-1"], NewInstances = ["checkout-9"] },
            "only-new" => Deploy() with { NewInstances = ["checkout-9"] },
            "fact" => With(("canary", "True")),
            "payload" => With(("payload.canary", "true")),
            "weight" => With(("canaryWeight", "20")),
            "rollout-without-steps" => With(("stablePodHash", "5b1"), ("steps", "0")),
            "environment" => Deploy() with { Environment = "production-canary" },
            "task" => With(("task", "deploy:canary")),
            "push" => Deploy() with { Change = ChangeKind.Commit, Environment = "canary" },
            _ => Deploy(),
        }).ShouldBe(isCanary);
    }

    [Fact]
    public async Task A_rollout_begins_one_watch_however_many_steps_it_tells_of_and_the_last_look_comes_with_its_end()
    {
        var canaries = Canaries();
        foreach (var step in new[] { "0", "1", "2" })
            await _desk.InAsync(scope => canaries.TakeAsync(Rollout(ChangeStatus.Started, step), scope));
        var watch = (await Reader.ListAsync([], 10, Token)).ShouldHaveSingleItem();
        watch.ShouldSatisfyAllConditions(
            begun => begun.Kind.ShouldBe("canary"), begun => begun.Subject.ShouldBe("argorollouts:shop/cart/7c9"), begun => begun.Environment.ShouldBe("prod"),
            begun => begun.Service.ShouldBe("checkout"), begun => begun.Spec.ShouldContain("hash=\\\"7c9\\\""), begun => begun.Deadline.ShouldBe(_desk.Store.Clock.GetUtcNow().AddHours(1)));
        _desk.Store.Clock.Advance(TimeSpan.FromMinutes(10));
        await _desk.InAsync(scope => canaries.TakeAsync(Rollout(ChangeStatus.Succeeded, "3"), scope));
        (await Reader.FindAsync(watch.Id, Token))!.Deadline.ShouldBe(_desk.Store.Clock.GetUtcNow());
        await _desk.InAsync(scope => canaries.TakeAsync(Rollout(ChangeStatus.Started, "0"), scope));
        (await Reader.ListAsync([], 10, Token)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_no_canary_or_of_another_service_or_says_what_must_not_stand_in_a_query_begins_nothing()
    {
        var canaries = Canaries();
        foreach (var change in new[]
        {
            Deploy(),
            Rollout(ChangeStatus.Started, "0") with { Service = "cart" },
            Rollout(ChangeStatus.Started, "0") with { Facts = new Dictionary<string, string> { ["canaryWeight"] = "5", ["podHash"] = "\"} or vector(1)" } },
            Rollout(ChangeStatus.Failed, "0"),
        })
        {
            await _desk.InAsync(scope => canaries.TakeAsync(change, scope));
        }

        (await Reader.ListAsync([], 10, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_canary_that_is_deployed_once_is_watched_from_then_on()
    {
        var canaries = Canaries();
        await _desk.InAsync(scope => canaries.TakeAsync(Canary(ChangeStatus.Succeeded), scope));
        (await Reader.ListAsync([WatchStatus.Running], 10, Token)).ShouldHaveSingleItem().Spec.ShouldContain("checkout-8|checkout-9");
        await _desk.InAsync(scope => canaries.TakeAsync(Canary(ChangeStatus.Failed), scope));
        (await Reader.FindAsync(1, Token))!.Deadline.ShouldBe(_desk.Store.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Another_version_in_the_same_place_ends_the_canary_that_was_there_and_none_elsewhere()
    {
        var canaries = Canaries();
        var first = Rollout(ChangeStatus.Started, "0");
        DeployReported Next(string hash, string version, string place = "shop") => first with
        {
            ChangeKey = $"{place}/cart/{hash}",
            Version = version,
            Facts = new Dictionary<string, string>(first.Facts) { ["podHash"] = hash, ["namespace"] = place },
        };
        foreach (var change in new[] { Next("7c9", "2.4.1"), Next("8d0", "2.4.1", "shop-eu"), Next("7c8", "2.4.1") })
            await _desk.InAsync(scope => canaries.TakeAsync(change, scope));
        var end = _desk.Store.Clock.GetUtcNow().AddHours(1);
        (await DeadlinesAsync()).ShouldBe([end, end, end], "the same version may be deployed to several clusters that nobody names");

        _desk.Store.Clock.Advance(TimeSpan.FromMinutes(10));
        await _desk.InAsync(scope => canaries.TakeAsync(Next("9e1", "2.4.2"), scope));
        var now = _desk.Store.Clock.GetUtcNow();
        (await DeadlinesAsync()).ShouldBe([now, end, now, now.AddHours(1)]);
        await _desk.InAsync(scope => canaries.TakeAsync(Next("7c9", "2.4.1"), scope));
        (await DeadlinesAsync()).ShouldBe([now, end, now, now.AddHours(1)], "what was deployed before is told again");

        async Task<IEnumerable<DateTimeOffset>> DeadlinesAsync() => (await Reader.ListAsync([], 10, Token)).OrderBy(watch => watch.Id).Select(watch => watch.Deadline);
    }

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    private static DeployReported Deploy() => new()
    {
        Source = "cloudevents",
        Event = "opsbot.deploy.v1",
        ChangeKey = "/ci#17",
        Change = ChangeKind.Deploy,
        Status = ChangeStatus.Succeeded,
        Service = "checkout",
        Environment = "prod",
        Version = "2.4.1",
    };

    private static DeployReported Canary(ChangeStatus status) => Deploy() with
    {
        Status = status,
        OldInstances = ["checkout-1"],
        NewInstances = ["checkout-8", "checkout-9"],
        Facts = new Dictionary<string, string> { ["podHash"] = "7c9" },
    };

    private static DeployReported Rollout(ChangeStatus status, string step) => Deploy() with
    {
        Source = "argorollouts",
        ChangeKey = "shop/cart/7c9",
        Status = status,
        Facts = new Dictionary<string, string> { ["canaryWeight"] = "20", ["podHash"] = "7c9", ["stablePodHash"] = "5b1", ["step"] = step, ["steps"] = "3" },
        NewInstances = ["a"],
    };

    private CanaryWatches Canaries()
    {
        var canary = new CanaryOptions { Canary = "hash=\"{podHash}\",instance=~\"{canaryInstances}\"", Baseline = "hash!=\"{podHash}\"", Traffic = "requests{{selector}}" };
        canary.Metrics.Add(new CanaryMetricOptions { Name = "cpu", Value = "cpu{{selector}}" });
        return Some.Canaries(
            _desk, new WatchDeclaration { Name = "checkout canary", Service = "checkout", Canary = canary, Start = new StartOptions { Deploy = new DeployEventOptions() } });
    }
}

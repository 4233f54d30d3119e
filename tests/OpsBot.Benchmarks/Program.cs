if (args is ["supervisor-start", .. var times])
{
    await OpsBot.Benchmarks.Actions.SupervisorStart.RunAsync(times is [var count] ? int.Parse(count, System.Globalization.CultureInfo.InvariantCulture) : 20);
    return;
}

if (args is ["log-folder", .. var rest])
{
    await OpsBot.Benchmarks.LogTemplates.LogFolderBenchmark.RunAsync(rest is [var size] ? int.Parse(size, System.Globalization.CultureInfo.InvariantCulture) : 100);
    return;
}

if (args is ["claims"])
{
    await OpsBot.Benchmarks.Storage.ClaimBenchmark.RunAsync();
    return;
}

if (args is ["prune"])
{
    await OpsBot.Benchmarks.Storage.PruneBenchmark.RunAsync();
    return;
}

if (args is ["load-floor", var postgres, .. var broker])
{
    await OpsBot.Benchmarks.Load.FloorServer.RunAsync(postgres, broker is [var address] ? address : null);
    return;
}

if (args is ["load", var rate, var seconds, .. var which])
{
    await OpsBot.Benchmarks.Load.LoadBenchmark.RunAsync(
        which, double.Parse(rate, System.Globalization.CultureInfo.InvariantCulture),
        TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)));
    return;
}

if (args is ["size"])
{
    await OpsBot.Benchmarks.Load.SizeBenchmark.RunAsync();
    return;
}

if (args is ["watches", var opsbot, .. var howMany])
{
    await OpsBot.Benchmarks.Watches.WatchBenchmark.RunAsync(
        opsbot, howMany is [var watches, ..] ? int.Parse(watches, System.Globalization.CultureInfo.InvariantCulture) : 10_000,
        howMany is [_, var minutes] ? int.Parse(minutes, System.Globalization.CultureInfo.InvariantCulture) : 3);
    return;
}

if (args is ["canary", .. var canaries])
{
    OpsBot.Benchmarks.Canaries.CanaryBenchmark.Run(
        canaries is [var runs, ..] ? int.Parse(runs, System.Globalization.CultureInfo.InvariantCulture) : 10_000,
        canaries is [_, var seed] ? int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture) : 1);
    return;
}

if (args is ["serve-start", var published, .. var starts])
{
    await OpsBot.Benchmarks.Host.ServeStart.RunAsync(published, starts is [var many] ? int.Parse(many, System.Globalization.CultureInfo.InvariantCulture) : 9);
    return;
}

BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(System.Reflection.Assembly.GetExecutingAssembly()).Run(args);

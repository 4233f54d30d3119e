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

if (args is ["serve-start", var published, .. var starts])
{
    await OpsBot.Benchmarks.Host.ServeStart.RunAsync(published, starts is [var many] ? int.Parse(many, System.Globalization.CultureInfo.InvariantCulture) : 9);
    return;
}

BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(System.Reflection.Assembly.GetExecutingAssembly()).Run(args);

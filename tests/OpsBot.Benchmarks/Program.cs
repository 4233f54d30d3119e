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

BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(OpsBot.Benchmarks.Actions.SupervisorStart).Assembly).Run(args);

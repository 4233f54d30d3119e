using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;
using OpsBot.IntegrationTests.Support;
using OpsBot.Storage.Actions;
using OpsBot.Storage.Engine;
using Shouldly;
using Xunit;

namespace OpsBot.IntegrationTests.Actions;

/// <summary>Two processes want one target of one store, again and again.</summary>
public sealed class LeaseRaceTests(ITestOutputHelper output)
{
    private const string FolderVariable = "OPSBOT_RACE_FOLDER", CountVariable = "OPSBOT_RACE_COUNT", NumberVariable = "OPSBOT_RACE_NUMBER";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_processes_on_one_store_never_write_to_a_target_at_the_same_time()
    {
        var total = Environment.GetEnvironmentVariable("OPSBOT_LONG") is "1" ? 10_000 : 1_000;
        using var folder = new DataFolder();
        await using (Open(folder.Data))
        {
            // the store is made before anybody races for it
        }

        await File.WriteAllTextAsync(Target(folder.Path), "idle 0", Cancel);
        var begun = TimeProvider.System.GetTimestamp();
        var racers = Enumerable.Range(1, 2).Select(number => Start(folder.Path, number, total / 2)).ToList();
        try
        {
            foreach (var racer in racers)
            {
                var (printed, errors) = (racer.StandardOutput.ReadToEndAsync(Cancel), racer.StandardError.ReadToEndAsync(Cancel));
                await racer.WaitForExitAsync(Cancel);
                racer.ExitCode.ShouldBe(0, await printed + await errors);
            }
        }
        finally
        {
            racers.Where(racer => !racer.HasExited).ToList().ForEach(racer => racer.Kill());
            racers.ForEach(racer => racer.Dispose());
        }

        var writes = await File.ReadAllLinesAsync(Path.Combine(folder.Path, "writes"), Cancel);
        var fences = writes.Select(line => long.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture)).ToList();
        var changes = writes.Zip(writes.Skip(1)).Count(pair => pair.First.Split(' ')[1] != pair.Second.Split(' ')[1]);
        output.WriteLine($"{writes.Length} writes in {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s, the target changed hands {changes} times");
        fences.ShouldBe(Enumerable.Range(1, total).Select(fence => (long)fence), "each lease wrote once, in the order of its fence");
        changes.ShouldBeGreaterThan(0, "they did race");
        (await File.ReadAllTextAsync(Target(folder.Path), Cancel)).ShouldBe($"idle {total}");
    }

    /// <summary>One of the two; only where the test above has started this program once more.</summary>
    [Fact(Explicit = true)]
    public async Task Racer()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable)!;
        var (number, count) = (Number(NumberVariable), Number(CountVariable));
        await using var services = Open(Path.Combine(folder, "data"));
        var store = services.GetRequiredService<IStore>();
        for (var i = 0; i < count; i++)
        {
            var run = (number * 1_000_000L) + i;
            LeaseAnswer lease;
            do
            {
                lease = await store.WriteAsync(transaction => TargetLeases.AcquireAsync(transaction, "one", run), Cancel);
            }
            while (lease.Fence is null);

            await WriteToTargetAsync(folder, number, lease.Fence.Value);
            if (i % 50 == 0)
            {
                await Should.ThrowAsync<StaleFenceException>(
                    () => store.WriteAsync(transaction => TargetLeases.RequireAsync(transaction, "one", run, lease.Fence.Value - 1), Cancel));
            }

            await store.WriteAsync(transaction => TargetLeases.ReleaseAsync(transaction, "one", run, lease.Fence.Value), Cancel);
            await Should.ThrowAsync<StaleFenceException>(
                () => store.WriteAsync(transaction => TargetLeases.RequireAsync(transaction, "one", run, lease.Fence.Value), Cancel));
        }
    }

    /// <summary>Fails where anybody else is writing, or has written with a higher fence.</summary>
    private static async Task WriteToTargetAsync(string folder, int number, long fence)
    {
        var before = (await File.ReadAllTextAsync(Target(folder), Cancel)).Split(' ');
        before[0].ShouldBe("idle", "somebody else is writing");
        long.Parse(before[1], CultureInfo.InvariantCulture).ShouldBeLessThan(fence);
        await File.WriteAllTextAsync(Target(folder), $"busy {number}", Cancel);
        await File.AppendAllTextAsync(Path.Combine(folder, "writes"), $"{fence} {number}\n", Cancel);
        (await File.ReadAllTextAsync(Target(folder), Cancel)).ShouldBe($"busy {number}", "somebody else has written meanwhile");
        await File.WriteAllTextAsync(Target(folder), $"idle {fence}", Cancel);
    }

    private static Process Start(string folder, int number, int count)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!, ["-noLogo", "-noColor", "-explicit", "only", "-method", $"*{nameof(LeaseRaceTests)}.{nameof(Racer)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.Environment[FolderVariable] = folder;
        info.Environment[NumberVariable] = number.ToString(CultureInfo.InvariantCulture);
        info.Environment[CountVariable] = count.ToString(CultureInfo.InvariantCulture);
        return Process.Start(info)!;
    }

    private static ServiceProvider Open(string data)
    {
        var services = new ServiceCollection().AddLogging().AddOpsBot(OpsBotConfiguration.Load(null), new ServeSettings(data)).BuildServiceProvider();
        services.GetRequiredService<IStore>();
        return services;
    }

    private static string Target(string folder) => Path.Combine(folder, "target");

    private static int Number(string variable) => int.Parse(Environment.GetEnvironmentVariable(variable)!, CultureInfo.InvariantCulture);
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsBot.Runtime;
using OpsBot.Runtime.Redaction;
using OpsBot.Storage;
using OpsBot.Storage.Engine;
using OpsBot.Storage.Messages;
using OpsBot.Watches.Desk;

namespace OpsBot.RealServers;

/// <summary>Begins many watches of a metric in a store that nothing serves yet, as the program itself begins them.</summary>
internal static class ManyWatches
{
    /// <param name="data">The data folder.</param>
    /// <param name="expr">What each asks, by its number.</param>
    /// <param name="first">When the first of them looks; the others follow evenly within one interval.</param>
    public static async Task BeginAsync(
        string data, int count, TimeSpan interval, TimeSpan length, Func<int, string> expr, DateTimeOffset first, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        services.Configure<StoreOptions>(options => options.DataFolder = data);
        services.AddSingleton(new KnownSecrets());
        services.AddRuntime().AddStorage();
        services.AddSingleton<WatchDesk>();
        await using var provider = services.BuildServiceProvider();
        var (outbox, desk) = (provider.GetRequiredService<Outbox>(), provider.GetRequiredService<WatchDesk>());
        for (var begun = 0; begun < count; begun += 500)
        {
            await outbox.CommitAsync(
                async scope =>
                {
                    for (var i = begun; i < Math.Min(count, begun + 500); i++)
                    {
                        var terms = new WatchTerms($"watch {i}", interval, length, 3, "bench", "", null);
                        var answer = await desk.StartAsync(
                            QueryWatches.Make(terms, null, expr(i), ">=", 0, 1, false, scope.Now) with { NextDueAt = first + (interval / count * i) }, scope);
                        if (!answer.Accepted)
                        {
                            throw new InvalidOperationException(answer.Text);
                        }
                    }

                    return true;
                },
                cancellationToken);
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using OpsBot.IntegrationTests.Support;
using Xunit;

namespace OpsBot.IntegrationTests.Chat;

/// <summary>
/// Rounds on one store and one surface: the program runs, alerts come in and end, people ask, and in the middle of it it is killed; what it had not taken by then
/// is sent again to the next one, as senders do. Afterwards <see cref="KillCheck"/> compares what stands with what should.
/// </summary>
internal sealed class KillRounds(IKilledSurface surface, int seed, ITestOutputHelper output) : IAsyncDisposable
{
    /// <summary>Channels that incidents are spread over.</summary>
    public const int Lanes = 8;

    private static readonly TimeSpan MostForAPoint = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(seed);
    private readonly DataFolder _folder = new();
    private readonly AlertSender _alerts = new();
    private readonly List<KilledIncident> _incidents = [];
    private readonly List<(Func<Uri, CancellationToken, Task<bool>> Send, string What)> _unsent = [];
    private readonly SortedDictionary<string, (int Reached, int Missed)> _deaths = new(StringComparer.Ordinal);

    public IReadOnlyList<KilledIncident> Incidents => _incidents;

    public IReadOnlyDictionary<string, (int Reached, int Missed)> Deaths => _deaths;

    public StoreFile Store => _folder.Store;

    /// <summary>Kills it so many times, then lets it finish.</summary>
    /// <param name="deaths">Where each life ends: a hold point of the program, a call of the surface, or <c>random</c>.</param>
    public async Task PlayAsync(IReadOnlyList<string> deaths, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        var config = await ConfigureAsync(cancellationToken);
        // something has to stand before anything can be edited or asked
        Plan(incidents: 3, ends: 0, questions: 0);
        await LastLifeAsync(config, cancellationToken);
        foreach (var death in deaths)
        {
            Plan(incidents: 2, ends: 1, questions: 2);
            await LifeAsync(config, death, cancellationToken);
        }

        await LastLifeAsync(config, cancellationToken);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{surface.Name}, seed {seed}: {deaths.Count} kills in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s, {_incidents.Count} incidents, {surface.Stands.Count} messages stand{(surface.LeftOver is { Count: > 0 } left ? $" and {left.Count} copies" : "")}; {string.Join(", ", _deaths.Select(each => $"{each.Key} {each.Value.Reached}{(each.Value.Missed > 0 ? $" (not reached {each.Value.Missed})" : "")}"))}"));
    }

    public async ValueTask DisposeAsync()
    {
        _alerts.Dispose();
        await surface.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<string> ConfigureAsync(CancellationToken cancellationToken)
    {
        await KilledEnvironment.WriteAsync(_folder, cancellationToken);
        return _folder.Write("opsbot.yaml", $$"""
            {{AlertSender.Senders}}
            {{surface.Configuration(_folder)}}
            evidence: { bundles: { folders: [bundle] } }
            messages: { backoff: 100ms, abandonments: 100 }
            """);
    }

    /// <summary>What the next life is given to do, on top of what the one before did not take.</summary>
    private void Plan(int incidents, int ends, int questions)
    {
        var standing = _incidents.Where(each => CardOf(each) is not null).ToList();
        foreach (var ending in Some(standing.Where(each => !each.Ends), ends))
        {
            ending.Ends = true;
            _unsent.Add(((to, token) => AlertAsync(to, ending, "resolved", token), $"the end of {ending.Key}"));
        }

        foreach (var asked in Some(standing.Where(each => !each.Asked), questions))
        {
            asked.Asked = true;
            var card = CardOf(asked)!;
            _unsent.Add(((_, token) => surface.SayAsync(card, "why", $"why/{asked.Key}", token), $"a question about {asked.Key}"));
        }

        for (var i = 0; i < incidents; i++)
        {
            var incident = new KilledIncident(FormattableString.Invariant($"n{_incidents.Count}"), _incidents.Count % Lanes);
            _incidents.Add(incident);
            _unsent.Add(((to, token) => AlertAsync(to, incident, "firing", token), $"the alert of {incident.Key}"));
        }
    }

    private List<KilledIncident> Some(IEnumerable<KilledIncident> among, int most)
    {
        var all = among.ToArray();
        _random.Shuffle(all);
        return [.. all.Take(most)];
    }

    /// <summary>The card of an incident, where it stands by now.</summary>
    public Standing? CardOf(KilledIncident incident) => surface.Stands.FirstOrDefault(each => each.Thread is null && each.Text.Contains(incident.Title, StringComparison.Ordinal));

    private async Task LifeAsync(string config, string death, CancellationToken cancellationToken)
    {
        var isHeld = surface.HoldPoints.Contains(death);
        var nth = surface.IsOften(death) ? _random.Next(1, 3) : 1;
        await using var serve = OpsBotProcess.Start(_folder, config, isHeld ? FormattableString.Invariant($"{death}:{nth}") : null);
        surface.Begins(serve);
        Task? end = isHeld ? serve.Held : surface.Calls.Contains(death) ? surface.Trap.Arm(death, nth) : null;
        // a point may be reached before it listens, by what the life before has left
        if (end is null || await Task.WhenAny(end, serve.Webhooks) != end)
        {
            using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var sending = SendAsync(await serve.Webhooks.WaitAsync(OpsBotProgram.Patience, TimeProvider.System, cancellationToken), alive.Token);
            // by chance it may be in the middle of what was just sent, or far behind it
            var moment = Task.Delay(end is null ? TimeSpan.FromMilliseconds(_random.Next(0, 2_000)) : MostForAPoint, TimeProvider.System, cancellationToken);
            await (end is null ? moment : Task.WhenAny(end, moment));
            Note(death, end is null || end.IsCompleted);
            await serve.KillAsync();
            await alive.CancelAsync();
            await sending;
        }
        else
        {
            Note(death, reached: true);
            await serve.KillAsync();
        }

        surface.Died();
        surface.Trap.Release();
    }

    private void Note(string death, bool reached)
    {
        var (before, missed) = _deaths.GetValueOrDefault(death);
        _deaths[death] = reached ? (before + 1, missed) : (before, missed + 1);
    }

    /// <summary>Nobody kills it, so all that is due is done in the end.</summary>
    private async Task LastLifeAsync(string config, CancellationToken cancellationToken)
    {
        await using var serve = await OpsBotProcess.ServeAsync(_folder, config, cancellationToken);
        surface.Begins(serve);
        var to = await serve.Webhooks;
        await OpsBotProgram.UntilAsync(
            async () =>
            {
                await SendAsync(to, cancellationToken);
                return _unsent.Count == 0 ? "so" : null;
            },
            $"everything to be taken: {string.Join(", ", _unsent.Select(each => each.What))}", cancellationToken);
        const string Working = "select kind || ' ' || stream || ' ' || coalesce(error, '') from messages where handled_at is null and dead_at is null and due_at < (unixepoch() + 30) * 1000";
        // nothing may be due for a moment while a diagnosis is at work
        var quiet = 0;
        var begun = Stopwatch.GetTimestamp();
        while (quiet < 5)
        {
            var working = Store.Lines(Working);
            quiet = working.Count == 0 ? quiet + 1 : 0;
            if (Stopwatch.GetElapsedTime(begun) > TimeSpan.FromMinutes(4))
                Assert.Fail($"It does not come to an end:\n{string.Join('\n', working)}\n{serve.Errors}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Sends what waits, each until it is taken or the program is gone.</summary>
    private async Task SendAsync(Uri to, CancellationToken cancellationToken)
    {
        foreach (var each in _unsent.ToList())
        {
            try
            {
                if (await each.Send(to, cancellationToken))
                    _unsent.Remove(each);
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException or System.Net.WebSockets.WebSocketException or System.Net.Sockets.SocketException)
            {
                // it was killed, and whether it took it nobody can say: it is sent again
            }
        }
    }

    private async Task<bool> AlertAsync(Uri to, KilledIncident incident, string status, CancellationToken cancellationToken) =>
        (await _alerts.PostAsync(to, incident.Key, cancellationToken, status, KilledEnvironment.Service, incident.Environment, incident.Title)).Status is HttpStatusCode.OK or HttpStatusCode.Accepted or HttpStatusCode.NoContent;
}

/// <summary>An alert that was sent, and what became of it outside.</summary>
internal sealed class KilledIncident(string key, int lane)
{
    public string Key => key;

    public string Title => $"<!channel> {key} of the rounds fails";

    public string Environment => FormattableString.Invariant($"lane{lane}-{key}");

    /// <summary>Its sender says that it is over.</summary>
    public bool Ends { get; set; }

    /// <summary>Somebody asks <c>why</c> in its thread.</summary>
    public bool Asked { get; set; }
}

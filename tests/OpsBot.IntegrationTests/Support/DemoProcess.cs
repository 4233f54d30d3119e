using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace OpsBot.IntegrationTests.Support;

/// <summary>A demo that stays up, with the console of the real program behind it. Ended by its process id.</summary>
internal sealed partial class DemoProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private DemoProcess(ProcessStartInfo info)
    {
        info.RedirectStandardInput = true;
        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Printed => string.Join('\n', _lines);

    /// <summary>Starts it; it is up once it asks for an approval.</summary>
    public static DemoProcess Start(DataFolder folder, params string[] arguments) => new(OpsBotProgram.StartInfo(folder, ["demo", .. arguments]));

    /// <summary>Where the thread waits for an approval, and the token that logs in.</summary>
    public async Task<(Uri Console, string Token)> AskedAsync(CancellationToken cancellationToken)
    {
        var asked = await PrintedAsync(Asks(), cancellationToken);
        return (new Uri(asked.Groups["console"].Value), asked.Groups["token"].Value);
    }

    public Task<Match> PrintedAsync(Regex what, CancellationToken cancellationToken) => OpsBotProgram.UntilAsync(
        () =>
        {
            if (_process.HasExited)
            {
                Assert.Fail($"The demo ended:\n{Printed}");
            }

            return Task.FromResult(what.Match(Printed) is { Success: true } found ? found : null);
        },
        what.ToString(),
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // as Ctrl-C: so that it takes its toy and its folders along
            using (var interrupt = Process.Start("/bin/kill", ["-INT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            {
                await interrupt.WaitForExitAsync(CancellationToken.None);
            }

            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(OpsBotProgram.Patience, TimeProvider.System, CancellationToken.None);
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"Approve it at (?<console>http://127\.0\.0\.1:\d+/)incidents/INC-1 \(log in with (?<token>\S+)\)")]
    private static partial Regex Asks();
}

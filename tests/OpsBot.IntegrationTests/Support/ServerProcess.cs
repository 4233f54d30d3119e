using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace OpsBot.IntegrationTests.Support;

/// <summary>A server that others wrote, started for one test and ended by its process id.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private ServerProcess(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public int Pid => _process.Id;

    /// <summary>What it printed so far.</summary>
    public string Printed => string.Join('\n', _lines);

    /// <summary>Skips the test where a program is not installed, or fails it where OPSBOT_REQUIRE_SERVERS asks for that.</summary>
    public static void Require(params string[] programs)
    {
        foreach (var program in programs.Where(program => !File.Exists(program)))
        {
            var reason = $"{program} is missing; apt-get install prometheus prometheus-alertmanager postgresql rabbitmq-server";
            if (Environment.GetEnvironmentVariable("OPSBOT_REQUIRE_SERVERS") is "1")
            {
                Assert.Fail(reason);
            }

            Assert.Skip(reason);
        }
    }

    public static ServerProcess Start(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        return new ServerProcess(Process.Start(info)!);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until an address answers 2xx.</summary>
    public async Task ReadyAsync(Uri address, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        await OpsBotProgram.UntilAsync(
            async () =>
            {
                if (_process.HasExited)
                {
                    Assert.Fail($"{_process.StartInfo.FileName} ended:\n{Printed}");
                }

                try
                {
                    using var answer = await http.GetAsync(address, cancellationToken);
                    return answer.IsSuccessStatusCode ? "ready" : null;
                }
                catch (HttpRequestException)
                {
                    return null;
                }
            },
            $"{address} to answer",
            cancellationToken);
    }

    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}

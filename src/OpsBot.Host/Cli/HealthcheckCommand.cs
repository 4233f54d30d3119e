using System.CommandLine;
using OpsBot.Host.Configuration;
using OpsBot.Host.Serving;

namespace OpsBot.Host.Cli;

/// <summary>Asks the OpsBot of this machine how it is, for orchestrators whose images have no other program that could.</summary>
internal static class HealthcheckCommand
{
    private const int LongestAnswer = 4096;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    public static Command Create()
    {
        var config = CommonOptions.Config();
        var url = new Option<string?>("--url") { Description = "Address of the webhooks' listener. Default: the first of listen.urls." };
        var ready = new Option<bool>("--ready") { Description = "Ask /readyz, which wants the broker too, and not /healthz." };
        var command = new Command(
            "healthcheck", "Ask the running OpsBot of this machine whether it is well; exit status 0 where it is.\n\nExample: opsbot healthcheck --ready")
        {
            config, url, ready,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // Only the address matters here: what else in the file does not hold since it was edited is no illness of the OpsBot that runs.
            var listen = parsed.GetValue(url) ?? OpsBotConfiguration.Load(parsed.GetValue(config)).Configuration["listen:urls"];
            return await AskAsync(AddressOf(listen ?? new ListenOptions().Urls, parsed.GetValue(ready) ? "readyz" : "healthz"), cancellationToken);
        });
        return command;
    }

    /// <summary>Where this machine reaches what listens there: an address that stands for all of them is asked on the loopback one.</summary>
    /// <exception cref="UnusableInputException">It is no address.</exception>
    internal static Uri AddressOf(string urls, string page)
    {
        if (ListenOptionsValidator.Problem(urls) is { } problem)
        {
            throw new UnusableInputException($"listen.urls: {problem}.");
        }

        var first = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0];
        var any = first.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        var address = new UriBuilder(any) { Path = page };
        address.Host = address.Host switch { "0.0.0.0" => "127.0.0.1", "[::]" => "[::1]", var host => host };
        return address.Uri;
    }

    private static async Task<int> AskAsync(Uri address, CancellationToken cancellationToken)
    {
        // no proxy of the environment stands between us and this machine
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { Timeout = Limit, MaxResponseContentBufferSize = LongestAnswer };
        try
        {
            using var answer = await http.GetAsync(address, cancellationToken);
            var text = (await answer.Content.ReadAsStringAsync(cancellationToken)).Trim();
            await (answer.IsSuccessStatusCode ? Console.Out : Console.Error).WriteLineAsync(text);
            return answer.IsSuccessStatusCode ? ExitCode.Done : ExitCode.Failed;
        }
        catch (HttpRequestException failure)
        {
            await Console.Error.WriteLineAsync($"{address} does not answer: {failure.Message}");
            return ExitCode.Failed;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"{address} has not answered within {Limit.TotalSeconds:0} s");
            return ExitCode.Failed;
        }
    }
}

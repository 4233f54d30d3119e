using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OpsBot.Benchmarks.Host;

/// <summary>
/// How long <c>serve</c> takes from nothing, an empty data folder, to an answer of /healthz, and how large what ships is: the published single file, and as baseline
/// <c>dotnet opsbot.dll</c> of this build. They take turns, so that whatever else the machine does meets both.
/// </summary>
internal static class ServeStart
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="published">The folder that 'dotnet publish src/OpsBot.Host -p:PublishProfile=linux-x64 -o FOLDER' wrote.</param>
    public static async Task RunAsync(string published, int times)
    {
        var built = AppContext.BaseDirectory;
        (string Name, string Folder, string[] Vector)[] programs =
        [
            ("dotnet opsbot.dll (baseline)", built, ["dotnet", Path.Combine(built, "opsbot.dll")]),
            ("single file", published, [Path.Combine(published, "opsbot")]),
        ];
        var took = programs.Select(_ => new List<(double Wall, double Processor)>()).ToList();
        using var http = new HttpClient();
        for (var round = -1; round < times; round++)
        {
            for (var each = 0; each < programs.Length; each++)
            {
                var start = await StartAsync(programs[each].Vector, http);
                if (round >= 0) // the first brings the files into memory
                {
                    took[each].Add(start);
                }
            }
        }

        foreach (var (program, starts) in programs.Zip(took))
        {
            var (wall, processor) = (starts.Select(start => start.Wall).Order().ToList(), starts.Select(start => start.Processor).Order().ToList());
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{program.Name}: {wall[times / 2]:0} ms median of {times} ({wall[0]:0} least, {wall[^1]:0} most), {processor[times / 2]:0} ms of processors, {Size(program.Folder) / 1e6:0} MB in the folder"));
        }
    }

    private static async Task<(double Wall, double Processor)> StartAsync(string[] vector, HttpClient http)
    {
        var folder = Directory.CreateTempSubdirectory("opsbot-serve-start-").FullName;
        var health = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}/healthz"));
        var config = Path.Combine(folder, "opsbot.yaml");
        await File.WriteAllTextAsync(config, $"listen: {{ urls: \"http://{health.Authority}\" }}\nconsole: {{ urls: \"http://127.0.0.1:0\" }}\n");
        var info = new ProcessStartInfo(vector[0]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        foreach (var argument in (string[])[.. vector.Skip(1), "serve", "--config", config, "--data", Path.Combine(folder, "data")])
        {
            info.ArgumentList.Add(argument);
        }

        var begun = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(info)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        try
        {
            while (!await AnswersAsync(http, health))
            {
                if (process.HasExited || TimeProvider.System.GetElapsedTime(begun) > Patience)
                {
                    throw new InvalidOperationException($"{string.Join(' ', vector)} serve does not answer");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }

            var wall = TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
            process.Refresh();
            return (wall, process.TotalProcessorTime.TotalMilliseconds);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri address)
    {
        try
        {
            using var answer = await http.GetAsync(address);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static long Size(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Diagnostics;
using Microsoft.Extensions.Options;
using OpsBot.Actions;
using OpsBot.Actions.Gates;
using OpsBot.Host.Serving;
using OpsBot.Runtime.Processes;

namespace OpsBot.Host.Demo;

/// <summary>
/// The toy deployment that the demo rolls back: a copy of <c>samples/toy</c> in a folder of its own, its gates pinned as a person would pin
/// them, and the real process that serves by the release it finds there. Ended by its process id.
/// </summary>
internal sealed class ToyDeployment : IAsyncDisposable
{
    public const string Broken = "v2.14.0";
    public const string Before = "v2.13.2";

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder;
    private readonly IProcessRunner _runner;
    private Process? _service;

    private ToyDeployment(string folder, IProcessRunner runner) => (_folder, _runner) = (folder, runner);

    /// <param name="folder">Where the copy goes; removed by whoever made it.</param>
    /// <param name="breakRollback">True to have the release before fail even more: its table was migrated.</param>
    public static async Task<ToyDeployment> StartAsync(string folder, bool breakRollback, IProcessRunner runner, CancellationToken cancellationToken)
    {
        var toy = new ToyDeployment(folder, runner);
        toy.Copy();
        await toy.CtlAsync(cancellationToken, "init", Broken, Before);
        if (breakRollback)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "state", "migrated"), "0042-order-discounts\n", cancellationToken);
        }

        new GatePinning(new GateFiles(Options.Create(new GateOptions { Folder = toy.Gates }), new ConfigurationFolder(folder))).Pin();
        toy._service = Process.Start(new ProcessStartInfo(Path.Combine(folder, "service")) { UseShellExecute = false, WorkingDirectory = folder })
            ?? throw new IOException("The toy deployment could not be started.");
        return toy;
    }

    /// <summary>What makes OpsBot look after it. 'insecure', because this copy lies in a folder that whoever runs the demo may write to.</summary>
    public string Configuration =>
        $$"""
          actions: { include: [ '{{Path.Combine(_folder, "actions.yaml")}}' ] }
          gates: { folder: '{{Gates}}', beforeClose: [ quiet ], insecure: true }
          """;

    private string Gates => Path.Combine(_folder, "gates");

    /// <summary>The release that runs.</summary>
    public Task<string> ReleaseAsync(CancellationToken cancellationToken) => CtlAsync(cancellationToken, "version");

    /// <summary>Per cent of the requests that failed in the last two seconds; null where nothing was served.</summary>
    public async Task<string?> ErrorRateAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CtlAsync(cancellationToken, "error-rate");
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is { HasExited: false })
        {
            _service.Kill();
            await _service.WaitForExitAsync(CancellationToken.None);
        }

        _service?.Dispose();
    }

    private void Copy()
    {
        var source = Path.Combine(ShippedFiles.Samples, "toy");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllText(copy, File.ReadAllText(file).Replace("@TOY@", _folder, StringComparison.Ordinal));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(copy, Executable);
            }
        }
    }

    private async Task<string> CtlAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var result = await _runner.RunAsync(
            new ProcessRequest(Path.Combine(_folder, "toyctl"), arguments) { TimeLimit = TimeSpan.FromSeconds(10) }, cancellationToken);
        return result.ExitCode == 0
            ? result.Output.Text.Trim()
            : throw new IOException($"toyctl {string.Join(' ', arguments)} failed: {result.StartError ?? result.Error.Text.Trim()}");
    }
}

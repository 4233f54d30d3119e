using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using OpsBot.Actions;
using OpsBot.Actions.Gates;
using OpsBot.Contracts.Actions;
using OpsBot.Runtime.Processes;
using OpsBot.Runtime.Redaction;

namespace OpsBot.Tests.Support;

/// <summary>A gates folder of a test's own with its lock. What runs in it are real programs.</summary>
internal sealed class GatesFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("opsbot-gates-test-").FullName;

    public GatesFolder() => Directory.CreateDirectory(Path.Combine(_root, "gates"));

    public GateOptions Options { get; } = new() { TimeLimit = TimeSpan.FromSeconds(20) };

    public GateFiles Files => new(Options, new ConfigurationFolder(_root));

    public GatePinning Pinning => new(Files);

    /// <summary>A path beside the folder, for what a gate leaves behind.</summary>
    public string Beside(string name) => Path.Combine(_root, name);

    public GatesFolder With(string name, string script)
    {
        File.WriteAllText(Files.PathOf(name), script);
        return this;
    }

    public GatesFolder Pinned()
    {
        Pinning.Pin();
        return this;
    }

    /// <param name="verified">Called with the path of a gate between the look at its bytes and its run.</param>
    public GateKeeper Keeper(Action<string>? verified = null)
    {
        var redaction = Microsoft.Extensions.Options.Options.Create(new RedactionOptions());
        return new(
            Files, Microsoft.Extensions.Options.Options.Create(Options), new ProcessRunner(TimeProvider.System), new Redactor(new KnownSecrets(), redaction),
            TimeProvider.System, NullLogger<GateKeeper>.Instance)
        {
            Verified = verified,
        };
    }

    public async Task<GateVerdict> AskAsync(string gate, JsonObject? question = null, Action<string>? verified = null) =>
        (await Keeper(verified).AskAsync(GatePoint.BeforeRun, [gate], question ?? [], TestContext.Current.CancellationToken)).ShouldHaveSingleItem();

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
